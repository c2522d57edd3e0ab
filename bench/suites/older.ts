import { execFileSync } from 'node:child_process';
import { closedLoopJob, WARM_UPS, workloads } from './pair.ts';
import type { Suite } from './suite.ts';

/** The peers that the kit is measured against; it needs a Node that runs TypeScript, they do not. */
const baselines = [
  'express, new connections',
  'express, keep-alive',
  'grpc-js + proto-loader',
  'grpc-js, our codecs',
] as const;

/** What a newer Node did for REST and for gRPC: both are as fast as the Node below them. */
export const older: Suite = {
  about: 'The same calls of the baselines on the Node of OLDER_NODE=FILE; without that, nothing.',
  samples: 3,
  warmUps: WARM_UPS,
  async open() {
    const node = process.env.OLDER_NODE;
    if (!node) return { trials: [] };
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    return {
      trials: Object.keys(workloads).flatMap((workload) =>
        baselines.map((peer) => ({
          case: workload,
          peer: `${peer}, Node ${version}`,
          as: peer,
          node,
          server: { delayMs: 0 },
          args: { workload },
        })),
      ),
    };
  },
  job: closedLoopJob,
};
