import { countStreams, type Streams } from './streams.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import type { Running, Trial } from './trial.ts';

/** One of several processes that do the same. */
export type Replica = {
  /** The process that it is at present. */
  readonly process: Running;
  /** The way to it, at one address whichever process it is. While there is none, connections are reset. */
  readonly wire: TcpProxy;
  /** The streams that have been opened to it. */
  readonly streams: Streams;
  /** Starts a process in place of the present one, and leads new connections to it when it is ready. @returns the one before */
  replace(): Promise<Running>;
};

/** Starts so many processes of a program, each behind a TCP proxy. */
export async function startReplicas(
  trial: Trial,
  program: Parameters<Trial['start']>[0],
  count: number,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<readonly Replica[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      let process = await trial.start(program, env);
      const wire = await startTcpProxy(process.address);
      trial.onClose(() => wire.close());
      const streams = countStreams(wire);
      return {
        get process() {
          return process;
        },
        wire,
        streams,
        async replace() {
          const before = process;
          process = await trial.start(program, env);
          wire.target = process.address;
          return before;
        },
      };
    }),
  );
}

/** The one address by which a client of the kit finds all of them, as by a headless Service's name. */
export function addressOf(replicas: readonly Replica[]): string {
  return `ipv4:${replicas.map(({ wire }) => wire.address).join(',')}`;
}
