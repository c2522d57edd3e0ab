import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessMessage } from '@hotpath/rpc';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Restarts of each service; half of them per replica. */
const restarts = Number(process.env.RESTARTS ?? 20);
const graceMs = 10_000;

type Name = 'user' | 'pricing' | 'inventory' | 'gateway';
type Replica = {
  readonly name: Name;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  process?: ChildProcess;
  port?: number;
};

let folder: string;
const replicas: Replica[] = [];
const entrances: Server[] = [];

/** Starts a replica and resolves when it is ready: before that it gets no connection. */
async function start(replica: Replica): Promise<void> {
  const { name } = replica;
  const child = fork(new URL(`../../services/${name}/src/main.ts`, import.meta.url), {
    env: {
      ...process.env,
      NODE_ENV: '',
      LOG_LEVEL: 'warn',
      HOTPATH_DATA: replica.folder,
      DRAIN_GRACE_MS: String(graceMs),
      [`${name.toUpperCase()}_PORT`]: '0',
      [`${name.toUpperCase()}_ADMIN_PORT`]: '0',
      RATE_LIMIT_PER_MINUTE: '1000000',
      ...replica.env,
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  replica.process = child;
  let port = 0;
  await new Promise<void>((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`${name} ended with ${code} before it was ready`)));
    child.on('message', (message: ProcessMessage) => {
      if (message.type === 'listening') port = message.port;
      else resolve();
    });
  });
  replica.port = port;
}

/** Ends a replica as Kubernetes does: it gets no new connection, then SIGTERM. @returns exit code and ms taken. */
async function stop(replica: Replica): Promise<{ code: number | null; ms: number }> {
  const { process: child } = replica;
  replica.port = undefined;
  const from = performance.now();
  if (!child || child.exitCode !== null) return { code: child?.exitCode ?? null, ms: 0 };
  const code = await new Promise<number | null>((resolve) => {
    child.removeAllListeners('exit');
    child.on('exit', resolve);
    child.kill('SIGTERM');
  });
  return { code, ms: performance.now() - from };
}

/** An address that stands for replicas: new connections go to those that are ready, in turn; refused if none is. */
async function entrance(of: readonly Replica[]): Promise<string> {
  let turn = 0;
  const server = createServer((socket) => {
    const ready = of.filter(({ port }) => port !== undefined);
    const target = ready[turn++ % ready.length]?.port;
    if (target === undefined) return socket.destroy();
    const upstream = connect(target, '127.0.0.1');
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
    socket.pipe(upstream).pipe(socket);
    upstream.on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  }).listen(0, '127.0.0.1');
  entrances.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Two replicas of a service, each on data of its own: what they are asked for is the same in both. */
async function pair(name: Name, env: NodeJS.ProcessEnv = {}): Promise<{ both: Replica[]; target: string }> {
  const both = ['a', 'b'].map((letter) => ({ name, folder: join(folder, letter), env }));
  replicas.push(...both);
  await Promise.all(both.map(start));
  // gRPC's clients balance over an entrance per replica; HTTP's have one for both.
  if (name === 'gateway') return { both, target: `http://${await entrance(both)}` };
  const each = await Promise.all(both.map((replica) => entrance([replica])));
  return { both, target: `ipv4:${each.join(',')}` };
}

let gateway: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotpath-restart-'));
  const user = await pair('user');
  const pricing = await pair('pricing');
  const addresses = { USER_ADDRESS: user.target, PRICING_ADDRESS: pricing.target };
  const inventory = await pair('inventory', addresses);
  gateway = (await pair('gateway', { ...addresses, INVENTORY_ADDRESS: inventory.target })).target;
}, 240_000);
afterAll(async () => {
  for (const replica of [...replicas].reverse()) await stop(replica);
  for (const server of entrances) server.close();
  await rm(folder, { recursive: true, force: true });
});

/** One request on a connection of its own. @returns its status, or what went wrong. */
function request(path: string): Promise<number | string> {
  return new Promise((resolve) => {
    const call = get(`${gateway}${path}`, { agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', (error) => resolve(String(error)));
    });
    call.on('error', (error) => resolve(String(error)));
  });
}

const paths = [
  '/api/products?pageSize=10',
  '/api/products/17',
  '/api/products/23/price?currency=EUR',
  '/api/products?pageSize=5&category=audio',
];

test.each(['user', 'pricing', 'inventory', 'gateway'] as const)(
  `${restarts} restarts of %s under load lose nothing`,
  async (name) => {
    const outcomes = new Map<number | string, number>();
    let running = true;
    const worker = async (_: unknown, i: number) => {
      for (let n = i; running; n++) {
        const outcome = await request(paths[n % paths.length] as string);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        await sleep(25);
      }
    };
    const workers = Array.from({ length: 4 }, worker);
    const own = replicas.filter((replica) => replica.name === name);
    let slowest = 0;
    for (let n = 0; n < restarts; n++) {
      const replica = own[n % 2] as Replica;
      const { code, ms } = await stop(replica);
      slowest = Math.max(slowest, ms);
      expect(code).toBe(0);
      await start(replica);
      // As minReadySeconds in a rollout: clients try again to connect within a second, give or take a fifth.
      await sleep(1_500);
    }
    running = false;
    await Promise.all(workers);
    const total = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      `${restarts} restarts of ${name}: ${total} requests, outcomes ${JSON.stringify(Object.fromEntries(outcomes))}, slowest drain ${slowest.toFixed(0)} ms`,
    );
    expect(slowest).toBeLessThan(graceMs);
    expect([...outcomes.keys()]).toEqual([200]);
  },
  600_000,
);
