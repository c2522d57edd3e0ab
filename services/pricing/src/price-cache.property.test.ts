import { setTimeout as sleep } from 'node:timers/promises';
import { PricingService, type Segment } from '@hotpath/contracts';
import { type Database, migrate, openDatabase, trim } from '@hotpath/database';
import {
  Code,
  coalescePrices,
  createClient,
  createServer,
  openChannel,
  openPriceCache,
  RpcError,
} from '@hotpath/rpc';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { migrations } from './migrations.ts';
import { type History, isRight, type Read, segmentNames } from './price-cache.testing.ts';
import { openPriceFeed } from './price-feed.ts';
import { openSaleAlarm } from './sale-alarm.ts';
import { pricingService } from './service.ts';
import { requestId } from './testing.ts';
import { unsteady } from './unsteady-client.testing.ts';

/** Each takes a third of a second. */
const histories = Math.ceil(Number(process.env.MODEL_RUNS ?? 30) / 5);
const readers = 3;
const failed = (error: unknown) => console.error(error);

let db: Database;
beforeAll(async () => {
  db = await openDatabase({ folder: undefined });
  await migrate(db, migrations);
}, 60_000);
afterAll(() => db.close());

/** One process of pricing. Without an alarm the feed is told of the sales that start and end only by the next write. */
async function startProcess(address: string, { hasAlarm }: { hasAlarm: boolean }) {
  const feed = await openPriceFeed(db, failed);
  const alarm = hasAlarm ? await openSaleAlarm(db, failed) : undefined;
  const server = createServer({
    services: [PricingService],
    onInternal: (_id, _call, thrown) => failed(thrown),
  });
  const port = await server.listen(address);
  server.open([pricingService(db, feed)]);
  return {
    address: `127.0.0.1:${port}`,
    async close() {
      await server.drain(1_000);
      await alarm?.close();
      await feed.close();
    },
  };
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('setPrice'), product: fc.nat(2) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('startSale'),
      products: fc.uniqueArray(fc.nat(2), { minLength: 1 }),
      startsInMs: fc.oneof(fc.constant(0), fc.integer({ min: 5, max: 60 })),
      lastsMs: fc.integer({ min: 10, max: 120 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('endSale'), which: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut'), awayMs: fc.nat(80) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('trim') }) },
);
const plan = fc.record({
  hasAlarm: fc.boolean(),
  streamMs: fc.constantFrom(0, 5),
  answerMs: fc.constantFrom(0, 20),
  steps: fc.array(fc.tuple(step, fc.nat(25)), { minLength: 8, maxLength: 20 }),
});

type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

let lastProduct = 0n;
let lastMinor = 1_000_000n;
let lastPercent = 0;

async function newProducts(): Promise<bigint[]> {
  const ids = [1n, 2n, 3n].map((n) => lastProduct + n);
  lastProduct += 3n;
  await db.query(`insert into prices select id, 'INR', 1000000 from unnest($1::bigint[]) id`, [ids]);
  return ids;
}

/** Runs a plan while readers read. @returns what the cache did */
async function runPlan({ hasAlarm, steps, ...delays }: Plan) {
  const products = await newProducts();
  const writtenOf = new Map<bigint, History>(
    products.map((id) => [id, { bases: [{ minor: 1_000_000n, from: 0, sure: 0 }], sales: [] }]),
  );
  const writes: { from: number; sure: number; position: bigint }[] = [];
  let pricing = await startProcess('127.0.0.1:0', { hasAlarm });
  const channel = openChannel(pricing.address);
  const direct = createClient(PricingService, channel);
  const way = unsteady(coalescePrices(direct), delays);
  const cache = openPriceCache(way.client, {
    size: 100,
    ageMs: 60_000,
    mostStaleMs: 1_000,
    path: 'gateway: prices',
    onError: failed,
  });
  await vi.waitUntil(() => cache.state().live, { timeout: 20_000, interval: 1 });

  /** Does a write, again under the same id while pricing is away. */
  async function write<T>(send: (requestId: string) => Promise<T>) {
    const id = requestId();
    const from = performance.now();
    for (;;) {
      try {
        const answer = await send(id);
        const sure = performance.now();
        const [newest] = await db.query<{ position: bigint }>('select max(sequence) as position from events');
        writes.push({ from, sure, position: newest?.position ?? 0n });
        return { answer, from, sure };
      } catch (error) {
        // The sale would have ended before it could be stored, and was not.
        if (error instanceof RpcError && error.code === Code.INVALID_ARGUMENT) return undefined;
        await sleep(2);
      }
    }
  }

  const sales: { id: string; records: History['sales'] }[] = [];
  async function take(one: Plan['steps'][number][0]): Promise<void> {
    if (one.kind === 'setPrice') {
      const productId = products[one.product] as bigint;
      const minor = ++lastMinor;
      const done = await write((id) =>
        direct.setPrice({ requestId: id, productId, price: { minorUnits: minor, currency: 'INR' } }),
      );
      if (done) writtenOf.get(productId)?.bases.push({ minor, ...done });
    } else if (one.kind === 'startSale') {
      const startsAtMs = BigInt(Date.now() + one.startsInMs);
      lastPercent = (lastPercent % 99) + 1;
      const percentOff = lastPercent;
      const productIds = one.products.map((index) => products[index] as bigint);
      const endsAtMs = startsAtMs + BigInt(one.lastsMs);
      const sale = { productIds, percentOff, startsAtMs: one.startsInMs > 0 ? startsAtMs : 0n, endsAtMs };
      const done = await write((id) => direct.startSale({ requestId: id, ...sale }));
      if (!done) return;
      const { answer, ...times } = done;
      const instants = { startsAt: Number(answer.startsAtMs), endsAt: Number(answer.endsAtMs) };
      const records = productIds.map((id) => {
        const record = { percentOff, ...instants, ...times };
        writtenOf.get(id)?.sales.push(record);
        return record;
      });
      sales.push({ id: answer.saleId, records });
    } else if (one.kind === 'endSale') {
      const sale = sales[one.which % sales.length];
      if (!sale) return;
      const done = await write((id) => direct.endSale({ requestId: id, saleId: sale.id }));
      if (!done) return;
      for (const record of sale.records) record.ended ??= { at: Number(done.answer.endedAtMs), ...done };
    } else if (one.kind === 'cut') way.cut(one.awayMs);
    else if (one.kind === 'trim') {
      await trim(db, { feeds: ['events'], eventsKeptMs: 0, answersKeptMs: 86_400_000 });
    } else {
      way.expectCut();
      await pricing.close();
      pricing = await startProcess(pricing.address, { hasAlarm });
    }
  }

  const reads: { productId: bigint; read: Read }[] = [];
  let over = false;
  async function readOn(): Promise<void> {
    while (!over) {
      const segment = segmentNames[Math.floor(Math.random() * segmentNames.length)] as Segment;
      const [start, startMs] = [performance.now(), Date.now()];
      const asked = products
        .filter(() => Math.random() < 0.7)
        .map((productId) => ({ productId, customerSegment: segment }));
      const [first] = asked;
      const answer =
        first && asked.length === 1
          ? cache.pricing.getPrice(first).then((price) => [price])
          : cache.pricing.getPricesBatch({ requests: asked }).then(({ prices }) => prices);
      const prices = await answer.catch(() => []);
      const [end, endMs] = [performance.now(), Date.now()];
      for (const price of prices)
        reads.push({ productId: price.productId, read: { price, segment, start, end, startMs, endMs } });
      await sleep(Math.random() * 3);
    }
  }

  const reading = Array.from({ length: readers }, readOn);
  for (const [one, pauseMs] of steps) {
    await take(one);
    await sleep(pauseMs);
  }
  await sleep(100);
  over = true;
  await Promise.all(reading);
  const state = cache.state();
  cache.close();
  channel.close();
  await pricing.close();

  const delayMs = way.delayMs(writes);
  for (const { productId, read } of reads) {
    const history = writtenOf.get(productId) as History;
    if (!isRight(history, read, delayMs)) {
      throw new Error(
        `wrong after a delay of ${delayMs} ms: ${describe(productId, read)} of ${describe(productId, history)}`,
      );
    }
  }
  return { ...state, delayMs, reads: reads.length };
}

const describe = (productId: bigint, what: object) =>
  `${productId} ${JSON.stringify(what, (_, value) => (typeof value === 'bigint' ? String(value) : value))}`;

test('whatever happens, no price is older than the feed is late, and none is from before or after its sale', async () => {
  const total = { hits: 0, misses: 0, bypasses: 0, invalidations: 0, reads: 0 };
  const delays: number[] = [];
  await fc.assert(
    fc.asyncProperty(plan, async (one) => {
      const done = await runPlan(one);
      delays.push(done.delayMs);
      for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += done[key];
    }),
    // Chance has a part in what happens, so that a shorter plan proves nothing of the one that failed.
    { numRuns: histories, endOnFailure: true },
  );
  const sorted = delays.toSorted((a, b) => a - b);
  console.log(
    `price cache: ${histories} histories, ${total.reads} reads, ${total.hits} hits, ${total.misses} misses, ` +
      `${total.bypasses} bypasses; the feed's longest delay in each: median ${sorted[histories >> 1]?.toFixed(1)} ms, ` +
      `most ${sorted.at(-1)?.toFixed(1)} ms`,
  );
  for (const key of ['hits', 'misses', 'bypasses', 'invalidations'] as const)
    expect(total[key]).toBeGreaterThan(0);
}, 1_200_000);
