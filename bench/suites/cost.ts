import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCertificates } from '@hotpath/certificates';
import { SPIFFE_BASE } from '../peers/hotpath.ts';
import { closedLoopJob, WARM_UPS, workloads } from './pair.ts';
import type { Suite, Trial } from './suite.ts';

/** What is asked for of the kit, and what each part of it costs, beside grpc-js that has none of it. */
export const cost: Suite = {
  about: 'What metrics, traces and mutual TLS cost: 64 calls at a time, beside grpc-js without the kit.',
  warmUps: WARM_UPS,
  async open() {
    const collector = await startCollector();
    const folder = await mkdtemp(join(tmpdir(), 'hotpath-bench-'));
    await ensureCertificates({ folder, names: ['pricing', 'inventory'], spiffeBase: SPIFFE_BASE });
    const traced = (percent: number) => ({
      peer: `hotpath, ${percent} % traced`,
      as: 'hotpath',
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
        OTEL_TRACES_SAMPLER_ARG: String(percent / 100),
      },
    });
    const variants: Pick<Trial, 'peer' | 'as' | 'env'>[] = [
      { peer: 'grpc-js + proto-loader' },
      { peer: 'grpc-js, our codecs' },
      { peer: 'grpc-js, our codecs and metrics' },
      { peer: 'hotpath' },
      traced(0),
      traced(10),
      traced(100),
      { peer: 'hotpath, mutual TLS', env: { TLS_FOLDERS: folder } },
    ];
    return {
      trials: Object.keys(workloads).flatMap((workload) =>
        variants.map((variant) => ({
          case: workload,
          server: { delayMs: 0 },
          args: { workload },
          ...variant,
        })),
      ),
      async close() {
        collector.close();
        await rm(folder, { recursive: true });
      },
    };
  },
  job: closedLoopJob,
};

/** Takes traces and throws them away. */
async function startCollector() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
