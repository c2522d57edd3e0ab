import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ProcessName } from './shop.ts';

/** One process of the shop, of which there may be several. */
export type Replica = {
  readonly name: ProcessName;
  /** `127.0.0.1:PORT`, the same after a restart. While it is not ready connections are refused. */
  readonly address: string;
  /** Where it listens itself; undefined while it is not ready. */
  readonly port: number | undefined;
  /** Starts it again after its end, and resolves when it is ready. */
  start(): Promise<void>;
  /** Ends it as Kubernetes does: it gets no new connection, then SIGTERM. @returns exit code and ms taken */
  stop(): Promise<{ code: number | null; ms: number }>;
  /** Ends it by SIGKILL. */
  kill(): Promise<void>;
  /** Ends it if it runs, and gives up its address. */
  close(): Promise<void>;
};

/** A message of a process to its parent: ProcessMessage of the kit, which this package does not depend on. */
type Message = { readonly type: 'listening'; readonly port: number } | { readonly type: 'ready' };

/**
 * Starts a replica on free ports and resolves when it is ready. What it prints goes where this process's own words go.
 * @throws Error where it ends before it is ready
 */
export async function startReplica(name: ProcessName, env: NodeJS.ProcessEnv): Promise<Replica> {
  let child: ChildProcess | undefined;
  let port: number | undefined;
  const entrance = await openEntrance(() => port);

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    port = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = await ended;
    return code;
  }

  const replica: Replica = {
    name,
    address: entrance.address,
    get port() {
      return port;
    },
    async start() {
      child = launch(name, env);
      port = await ready(name, child);
    },
    async stop() {
      const from = performance.now();
      const code = await end('SIGTERM');
      return { code, ms: performance.now() - from };
    },
    async kill() {
      await end('SIGKILL');
    },
    async close() {
      await end('SIGTERM');
      entrance.close();
    },
  };
  await replica.start();
  return replica;
}

/**
 * Runs a service's migrate command on the database of `url`, which also fills an empty one with the demo shop.
 * @returns what it prints
 * @throws Error with what it says where it fails
 */
export async function migrateService(
  name: Exclude<ProcessName, 'gateway'>,
  url: string,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const command = fileURLToPath(new URL(`../../../services/${name}/src/migrate.ts`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [command], {
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: '', DATABASE_URL: url, ...env },
  });
  return stdout;
}

/** One address for several replicas: new connections go to those that are ready, in turn. */
export function balance(replicas: readonly Replica[]): Promise<Entrance> {
  let turn = 0;
  return openEntrance(() => {
    const ready = replicas.filter(({ port }) => port !== undefined);
    return ready[turn++ % ready.length]?.port;
  });
}

/** An address that leads elsewhere. */
export type Entrance = {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  close(): void;
};

/** Opens an address whose connections lead to the port that is given at the time; refused where it is none. */
async function openEntrance(portNow: () => number | undefined): Promise<Entrance> {
  const server = createServer((socket) => {
    const port = portNow();
    if (port === undefined) return socket.destroy();
    const upstream = connect(port, '127.0.0.1');
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
    socket.pipe(upstream).pipe(socket);
    upstream.on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

function launch(name: ProcessName, env: NodeJS.ProcessEnv): ChildProcess {
  const NAME = name.toUpperCase();
  return fork(new URL(`../../../services/${name}/src/main.ts`, import.meta.url), {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      NODE_ENV: '',
      LOG_LEVEL: 'warn',
      DATABASE_URL: '',
      [`${NAME}_PORT`]: '0',
      [`${NAME}_ADMIN_PORT`]: '0',
      ...env,
    },
    execArgv: ['--import', new URL('../../telemetry/src/register.ts', import.meta.url).href],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

function ready(name: ProcessName, child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let port: number | undefined;
    child.on('exit', (code) => reject(new Error(`${name} ended with ${code} before it was ready`)));
    child.on('message', (message: Message) => {
      if (message.type === 'listening') port = message.port;
      else if (port !== undefined) resolve(port);
    });
  });
}
