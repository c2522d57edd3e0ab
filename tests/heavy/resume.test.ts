import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { PricingService } from '@hotpath/contracts';
import { type Database, openDatabase, trim } from '@hotpath/database';
import { type Client, createClient, openChannel } from '@hotpath/rpc';
import {
  migrateService,
  type PostgresServer,
  type Replica,
  readEvents,
  startPostgres,
  startReplica,
} from '@hotpath/testing';
import { describeOwnPostgres } from '@hotpath/testing/vitest';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';

const runs = Number(process.env.RUNS ?? 20);
const products = [1n, 2n, 3n];

/** What a watcher was told of one key: a product, or `all`. */
interface Sight {
  /** The position that it began at. */
  readonly start: bigint;
  /** The sequence of each change since. */
  readonly seen: bigint[];
}

/** Someone who watches, comes back after each break, and goes on after the last it saw. */
interface Watcher {
  readonly name: string;
  readonly keys: readonly string[];
  readonly sights: ReadonlyMap<string, Sight>;
  /** Snapshots that came though it could have gone on. */
  readonly unneeded: readonly string[];
  disconnect(): void;
  stop(): Promise<void>;
}

/** Tells a watcher of one message: a change, or a state to begin from. */
type Tell = (key: string, sequence: bigint, isWhole: boolean) => void;

function watcher(
  name: string,
  keys: readonly string[],
  follow: (tell: Tell, signal: AbortSignal) => Promise<void>,
): Watcher {
  const sights = new Map<string, Sight>();
  const unneeded: string[] = [];
  let connection = new AbortController();
  let stopped = false;
  const tell: Tell = (key, sequence, isWhole) => {
    const sight = sights.get(key);
    if (!isWhole) sight?.seen.push(sequence);
    else if (sight) unneeded.push(`${name} ${key}@${sequence}`);
    else sights.set(key, { start: sequence, seen: [] });
  };
  const run = async () => {
    while (!stopped) {
      connection = new AbortController();
      await follow(tell, connection.signal).catch(() => {});
      await sleep(20);
    }
  };
  const ended = run();
  return {
    name,
    keys,
    sights,
    unneeded,
    disconnect: () => connection.abort(),
    stop() {
      stopped = true;
      connection.abort();
      return ended;
    },
  };
}

const isWhole = (reason: string) => reason === 'snapshot' || reason === 'resync';

describeOwnPostgres('three processes of pricing and a gateway on one PostgreSQL database', () => {
  let server: PostgresServer;
  let databaseUrl: string;
  let db: Database;
  let pricing: Replica[] = [];
  let gateway: Replica;
  let closers: (() => void)[] = [];
  /** Clients of each process, and one of all. */
  let clients: Client<typeof PricingService>[];
  let balanced: Client<typeof PricingService>;

  beforeAll(async () => {
    server = await startPostgres();
    databaseUrl = await server.createDatabase();
    await migrateService('pricing', databaseUrl);
    db = await openDatabase({ url: databaseUrl, poolMax: 2 });
    pricing = await Promise.all(
      [1, 2, 3].map(() => startReplica('pricing', { DATABASE_URL: databaseUrl, DATABASE_POOL: '5' })),
    );
    const all = `ipv4:${pricing.map(({ address }) => address).join(',')}`;
    gateway = await startReplica('gateway', { PRICING_ADDRESS: all, RATE_LIMIT_PER_MINUTE: '1000000' });
    const connect = (address: string) => {
      const channel = openChannel(address);
      closers.push(() => channel.close());
      return createClient(PricingService, channel);
    };
    clients = pricing.map(({ address }) => connect(address));
    balanced = connect(all);
    // So that there is a change to resume after.
    await change(1n);
  }, 120_000);
  afterAll(async () => {
    for (const close of closers) close();
    closers = [];
    for (const replica of [gateway, ...pricing]) await replica?.close();
    await db?.close();
    await server?.stop();
  });

  /** A client finds a process that was restarted within a second. */
  beforeEach(async () => {
    for (const client of clients) await untilDone(() => client.getPrice({ productId: 1n }));
  });

  let lastMinor = 0n;

  /** Does a write again, under the same id, until it is acknowledged. */
  async function untilDone<T>(write: (requestId: string) => Promise<T>): Promise<T> {
    const requestId = crypto.randomUUID();
    for (;;) {
      try {
        return await write(requestId);
      } catch {
        await sleep(50);
      }
    }
  }

  /** Sets a price to what it never was. @returns the sequence */
  async function change(productId: bigint): Promise<bigint> {
    lastMinor += 1n;
    const price = { minorUnits: lastMinor, currency: 'INR' };
    const answer = await untilDone((requestId) => balanced.setPrice({ requestId, productId, price }));
    return answer.sequence;
  }

  /** Sells some products for a moment. */
  async function sell(productIds: readonly bigint[], ms: number): Promise<void> {
    const endsAtMs = BigInt(Date.now() + 3_000 + ms);
    const sale = { productIds: [...productIds], percentOff: 10 + (ms % 50), endsAtMs };
    await untilDone(async (requestId) => {
      if (BigInt(Date.now()) < endsAtMs) await balanced.startSale({ requestId, ...sale });
    });
  }

  const watchOne = (productId: bigint, through: number) => {
    let resumeAfter = 0n;
    return watcher(`WatchPrice of ${productId}`, [String(productId)], async (tell, signal) => {
      const client = clients[through++ % clients.length] as Client<typeof PricingService>;
      for await (const { sequence, reason } of client.watchPrice({ productId, resumeAfter }, { signal })) {
        tell(String(productId), sequence, isWhole(reason));
        resumeAfter = sequence;
      }
    });
  };

  const watchAll = (through: number) => {
    let resumeAfter = 0n;
    return watcher('WatchChanges', ['all'], async (tell, signal) => {
      const client = clients[through++ % clients.length] as Client<typeof PricingService>;
      for await (const { position, resync, changes } of client.watchChanges({ resumeAfter }, { signal })) {
        if (resync) tell('all', position, true);
        for (const { sequence } of changes) tell('all', sequence, false);
        resumeAfter = position;
      }
    });
  };

  const watchInBrowser = (ids: readonly bigint[]) => {
    let last = '';
    return watcher(`SSE of ${ids.join()}`, ids.map(String), async (tell, signal) => {
      const url = `http://${gateway.address}/api/prices/stream?productIds=${ids.join()}`;
      const headers: Record<string, string> = last === '' ? {} : { 'last-event-id': last };
      for await (const { id, data } of await readEvents(url, { headers, signal })) {
        const { productId, sequence, reason } = JSON.parse(data);
        tell(productId, BigInt(sequence), isWhole(reason));
        last = id;
      }
    });
  };

  /** Starts a process again as Kubernetes does: also where it ended because its database went while it started. */
  async function startAgain(replica: Replica, tries = 20): Promise<void> {
    await replica.start().catch(async (error) => {
      if (tries === 1) throw error;
      await sleep(100);
      await startAgain(replica, tries - 1);
    });
  }

  /** Waits until something is so, for at most a minute. */
  async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (const from = Date.now(); !(await isSo()); await sleep(20)) {
      if (Date.now() - from > 60_000) throw new Error(`a minute went by before ${what}`);
    }
  }

  const happening = fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('change' as const), number: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('sell' as const), number: fc.nat(400) }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('disconnect' as const), number: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('drain' as const), number: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), number: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), number: fc.nat(1) }) },
  );
  const plan = fc.array(fc.record({ what: happening, pauseMs: fc.nat(200) }), {
    minLength: 15,
    maxLength: 30,
  });
  const counts = { change: 0, sell: 0, disconnect: 0, drain: 0, kill: 0, restart: 0, seen: 0 };

  test(`${runs} times, whatever happens, each watcher that resumes ends with exactly the sequence of the table`, async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (steps) => {
        const watchers = [
          ...products.map((productId, i) => watchOne(productId, i)),
          watchAll(1),
          watchInBrowser(products),
          watchInBrowser([2n]),
        ];
        await until('all watched', () =>
          watchers.every(({ keys, sights }) => keys.every((key) => sights.has(key))),
        );
        const work: Promise<unknown>[] = [];
        const restarting = new Map<unknown, Promise<unknown>>();
        /** After what is done to it already. */
        const then = (to: object, restart: () => Promise<unknown>) => {
          const done = (restarting.get(to) ?? Promise.resolve()).then(restart);
          restarting.set(to, done);
          work.push(done);
        };
        for (const { what, pauseMs } of steps) {
          const { kind, number } = what;
          counts[kind] += 1;
          const replica = pricing[number % 3] as Replica;
          if (kind === 'change') work.push(change(products[number % products.length] as bigint));
          if (kind === 'sell') work.push(sell(products, number));
          if (kind === 'disconnect') watchers[number % watchers.length]?.disconnect();
          if (kind === 'drain') then(replica, () => replica.stop().then(() => startAgain(replica)));
          if (kind === 'kill') then(replica, () => replica.kill().then(() => startAgain(replica)));
          if (kind === 'restart') then(server, () => server.restart(number === 0 ? 'fast' : 'immediate'));
          await sleep(pauseMs);
        }
        await Promise.all(work);
        await until('all sales were over', async () => {
          const running = await db.query('select from sales where not ended').catch(() => [{}]);
          return running.length === 0;
        });
        const last = new Map<string, bigint>();
        for (const productId of products) last.set(String(productId), await change(productId));
        last.set('all', last.get(String(products.at(-1))) as bigint);
        await until('all had come', () =>
          watchers.every(({ keys, sights }) =>
            keys.every((key) => sights.get(key)?.seen.at(-1) === last.get(key)),
          ),
        ).catch((error) => {
          // What is missing is told below.
          console.log(String(error));
        });
        await Promise.all(watchers.map((one) => one.stop()));

        const events = await db.query<{ sequence: bigint; product_id: bigint; currency: string }>(
          'select sequence, product_id, currency from events order by sequence',
        );
        for (const { name, keys, sights, unneeded } of watchers) {
          expect(unneeded).toEqual([]);
          for (const key of keys) {
            const { start, seen } = sights.get(key) as Sight;
            const stored = events.filter(
              (event) =>
                event.sequence > start &&
                (key === 'all' || (key === String(event.product_id) && event.currency === 'INR')),
            );
            expect({ name, key, seen }).toEqual({ name, key, seen: stored.map(({ sequence }) => sequence) });
            counts.seen += seen.length;
          }
        }
      }),
      { numRuns: runs, endOnFailure: true },
    );
    console.log(`${runs} runs: ${JSON.stringify(counts)}`);
  }, 1_800_000);

  test('from before a trim, each kind of watch begins anew and then misses nothing', async () => {
    const old = await change(1n);
    const kept = [await change(1n), await change(1n)];
    await trim(db, { feeds: ['events'], eventsKeptMs: 0, answersKeptMs: 1e9 });
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const { signal } = stop;
    const newest = kept[1] as bigint;
    const price = clients[0]
      ?.watchPrice({ productId: 1n, resumeAfter: old }, { signal })
      [Symbol.asyncIterator]() as AsyncIterator<{ reason: string; sequence: bigint }>;
    const all = clients[1]
      ?.watchChanges({ resumeAfter: old }, { signal })
      [Symbol.asyncIterator]() as AsyncIterator<{ resync: boolean; position: bigint }>;
    const browser = await readEvents(`http://${gateway.address}/api/products/1/price/stream`, {
      headers: { 'last-event-id': String(old) },
      signal,
    });
    const event = async () => JSON.parse((await browser.next()).value?.data ?? '{}');
    expect((await price.next()).value).toMatchObject({ reason: 'resync', sequence: newest });
    expect((await all.next()).value).toMatchObject({ resync: true, position: newest });
    expect(await event()).toMatchObject({ reason: 'resync', sequence: String(newest) });
    const next = await change(1n);
    expect((await price.next()).value).toMatchObject({ reason: 'price_changed', sequence: next });
    expect((await all.next()).value).toMatchObject({ resync: false, position: next });
    expect(await event()).toMatchObject({ reason: 'price_changed', sequence: String(next) });
  });

  test('how long a change takes to browsers is printed; each gets it once', async () => {
    const browsers = 50;
    const changes = 200;
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const url = `http://${gateway.address}/api/prices/stream?productIds=${products.join()}`;
    const arrivals = new Map<string, number[]>();
    let ready = 0;
    const reading = Array.from({ length: browsers }, async () => {
      let events = 0;
      for await (const { data } of await readEvents(url, { signal: stop.signal })) {
        const now = performance.now();
        const { sequence, reason } = JSON.parse(data);
        if (reason === 'price_changed') arrivals.get(sequence)?.push(now) ?? arrivals.set(sequence, [now]);
        if (++events === products.length) ready += 1;
      }
    });
    for (const read of reading) read.catch(() => {});
    await until('all watched', () => ready === browsers);
    const written = new Map<string, number>();
    const loop = monitorEventLoopDelay({ resolution: 5 });
    loop.enable();
    for (let i = 0; i < changes; i++) {
      const from = performance.now();
      const [row] = await db.query<{ sequence: bigint }>(
        `insert into events (product_id, currency, base_minor, percent_off, reason)
         values ($1, 'INR', $2, 0, 'price_changed') returning sequence`,
        [products[i % products.length] as bigint, i],
      );
      written.set(String(row?.sequence), from);
      await sleep(10);
    }
    await until('all had come', () =>
      [...written.keys()].every((sequence) => arrivals.get(sequence)?.length === browsers),
    );
    const delays = [...written].flatMap(([sequence, at]) =>
      (arrivals.get(sequence) ?? []).map((arrived) => arrived - at),
    );
    delays.sort((a, b) => a - b);
    const at = (share: number) => (delays[Math.ceil(share * delays.length) - 1] ?? Number.NaN).toFixed(1);
    loop.disable();
    console.log(
      `From the insert of a change to the event in ${browsers} browsers, ${changes} changes: ` +
        `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms. ` +
        `A timer of this process was late by ${(loop.percentile(99) / 1e6 - 5).toFixed(1)} ms at p99.`,
    );
    expect(delays).toHaveLength(changes * browsers);
  });
});
