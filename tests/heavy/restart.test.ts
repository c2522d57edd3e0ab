import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { balance, type Entrance, type ProcessName, type Replica, startReplica } from '@hotpath/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Restarts of each service; half of them per replica. */
const restarts = Number(process.env.RESTARTS ?? 20);
const graceMs = 10_000;

let folder: string;
const replicas: Replica[] = [];
let entrance: Entrance;

/** Two replicas of a service, each on data of its own: what they are asked for is the same in both. */
async function pair(name: ProcessName, env: NodeJS.ProcessEnv = {}): Promise<readonly Replica[]> {
  const both = await Promise.all(
    ['a', 'b'].map((letter) =>
      startReplica(name, {
        HOTPATH_DATA: join(folder, letter),
        DRAIN_GRACE_MS: String(graceMs),
        RATE_LIMIT_PER_MINUTE: '1000000',
        ...env,
      }),
    ),
  );
  replicas.push(...both);
  return both;
}

/** gRPC's clients balance over an address per replica. */
const addressOf = (both: readonly Replica[]) => `ipv4:${both.map(({ address }) => address).join(',')}`;

let gateway: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotpath-restart-'));
  const addresses = {
    USER_ADDRESS: addressOf(await pair('user')),
    PRICING_ADDRESS: addressOf(await pair('pricing')),
  };
  const inventory = addressOf(await pair('inventory', addresses));
  // HTTP's have one for both.
  entrance = await balance(await pair('gateway', { ...addresses, INVENTORY_ADDRESS: inventory }));
  gateway = `http://${entrance.address}`;
}, 240_000);
afterAll(async () => {
  entrance?.close();
  for (const replica of [...replicas].reverse()) await replica.close();
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
      const { code, ms } = await replica.stop();
      slowest = Math.max(slowest, ms);
      expect(code).toBe(0);
      await replica.start();
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
