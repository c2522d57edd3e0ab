import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { processes } from '@hotpath/contracts';

/** The names of the shop's processes. */
export type ProcessName = keyof typeof processes;

/** The shop as `npm start -- --json` runs it. */
export type RunningShop = {
  /** `http://127.0.0.1:PORT` */
  readonly gateway: string;
  /** `127.0.0.1:PORT` of each gRPC service. */
  readonly services: Readonly<Record<Exclude<ProcessName, 'gateway'>, string>>;
  /** `127.0.0.1:PORT` of each admin port. */
  readonly admin: Readonly<Record<ProcessName, string>>;
  readonly pids: Readonly<Record<ProcessName, number>>;
  /** Of its X-ray, where the environment has an XRAY_PORT: `http://127.0.0.1:PORT`. */
  readonly xray?: string;
  /** The pid of the start itself. */
  readonly pid: number;
  /** The folder of its data. */
  readonly data: string;
  /** What was logged so far. */
  readonly log: readonly string[];
  /** Resolves with the exit code when the start has ended. */
  readonly exited: Promise<number | null>;
  /** Drains it and removes its data. */
  stop(): Promise<void>;
};

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Settings by which every process takes any free ports. */
export const anyPorts: NodeJS.ProcessEnv = Object.fromEntries(
  Object.keys(processes).flatMap((name) => [
    [`${name.toUpperCase()}_PORT`, '0'],
    [`${name.toUpperCase()}_ADMIN_PORT`, '0'],
  ]),
);

/**
 * Starts the shop on free ports with new data.
 * @param env more settings; HOTPATH_DATA to use that folder and leave it there
 * @param options more of `npm start`'s options: `--mtls`, or `--postgres` and a URL
 * @throws Error with the log where it does not become ready
 */
export function startShop(env: NodeJS.ProcessEnv = {}, ...options: string[]): Promise<RunningShop> {
  return startShopOf(root, env, ...options);
}

/** The same, of the sources in another folder than this repository's. */
export async function startShopOf(
  sources: string,
  env: NodeJS.ProcessEnv = {},
  ...options: string[]
): Promise<RunningShop> {
  const folder = env.HOTPATH_DATA ?? (await mkdtemp(join(tmpdir(), 'hotpath-')));
  const child = spawn(process.execPath, ['scripts/start.ts', '--json', ...options], {
    cwd: sources,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      NODE_ENV: '',
      ...anyPorts,
      XRAY_PORT: 'off',
      HOTPATH_DATA: folder,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const first = once(createInterface({ input: child.stdout }), 'line').then(([line]) => line as string);
  const ready = await Promise.race([first, exited.then(() => undefined)]);
  if (ready === undefined) throw new Error(`the shop did not start:\n${log.join('\n')}`);
  return {
    ...JSON.parse(ready),
    pid: child.pid as number,
    data: folder,
    log,
    exited,
    async stop() {
      child.kill('SIGTERM');
      await exited;
      if (!env.HOTPATH_DATA) await rm(folder, { recursive: true, force: true });
    },
  };
}
