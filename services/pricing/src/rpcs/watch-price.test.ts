import type { PriceUpdate } from '@hotpath/contracts';
import { Code } from '@hotpath/rpc';
import fc from 'fast-check';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { next, requestId, startPricing, take } from '../testing.ts';

const pricing = await startPricing();
afterAll(() => pricing.close());

const inMs = (ms: number) => BigInt(Date.now() + ms);

function setPrice(productId: bigint, minorUnits: bigint, currency = 'INR', { client } = pricing) {
  return client.setPrice({ requestId: requestId(), productId, price: { minorUnits, currency } });
}

/** A watcher, and the end of its watching. */
function watch(
  request: { productId: bigint; currency?: string; customerSegment?: string; resumeAfter?: bigint },
  { client } = pricing,
) {
  const stop = new AbortController();
  const updates = client.watchPrice(request, { signal: stop.signal })[Symbol.asyncIterator]();
  return {
    next: () => next(updates),
    take: (count: number) => take(updates, count),
    async leave() {
      stop.abort();
      await updates.next().catch(() => {});
    },
  };
}

test('who knows the price from before the first change of all is sent that change, not a new snapshot', async () => {
  const fresh = await startPricing();
  onTestFinished(() => fresh.close());
  const productId = await fresh.product({ INR: 1_000n });
  const watcher = watch({ productId }, fresh);
  const { sequence } = await watcher.next();
  await watcher.leave();
  await setPrice(productId, 2_000n, 'INR', fresh);
  const resumed = watch({ productId, resumeAfter: sequence }, fresh);
  expect(await resumed.next()).toMatchObject({ reason: 'price_changed', basePrice: 20 });
  await resumed.leave();
});

test('the present price comes first, then each change of it, for segment and currency', async () => {
  const productId = await pricing.product({ INR: 1_000n, USD: 500n });
  const watcher = watch({ productId, currency: 'USD', customerSegment: 'vip' });
  const snapshot = await watcher.next();
  expect(snapshot).toMatchObject({
    productId,
    newPrice: 4.5,
    basePrice: 5,
    currency: 'USD',
    reason: 'snapshot',
  });
  await setPrice(productId, 2_000n, 'INR');
  const { sequence } = await setPrice(productId, 700n, 'USD');
  expect(await watcher.next()).toEqual({
    productId,
    newPrice: 6.3,
    basePrice: 7,
    currency: 'USD',
    reason: 'price_changed',
    isOnSale: false,
    saleEndsAt: 0n,
    traceparent: '',
    sequence,
  });
  expect(sequence).toBeGreaterThan(snapshot.sequence);
  await watcher.leave();
});

test('a sale is pushed when it starts and when it ends by time, not before', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const watcher = watch({ productId });
  await watcher.next();
  const startsAtMs = inMs(400);
  const endsAtMs = startsAtMs + 500n;
  await pricing.client.startSale({
    requestId: requestId(),
    productIds: [productId],
    percentOff: 25,
    startsAtMs,
    endsAtMs,
  });

  const started = await watcher.next();
  const startLag = Date.now() - Number(startsAtMs);
  expect(started).toMatchObject({
    reason: 'sale_started',
    newPrice: 7.5,
    basePrice: 10,
    isOnSale: true,
    saleEndsAt: BigInt(Math.ceil(Number(endsAtMs) / 1000)),
  });
  const ended = await watcher.next();
  const endLag = Date.now() - Number(endsAtMs);
  expect(ended).toMatchObject({ reason: 'sale_ended', newPrice: 10, isOnSale: false, saleEndsAt: 0n });
  for (const lag of [startLag, endLag]) {
    expect(lag).toBeGreaterThanOrEqual(0);
    expect(lag).toBeLessThan(1_500);
  }
  await watcher.leave();
});

test('watchers cost one statement each at their start and none per change', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const before = pricing.statements.length;
  const watchers = Array.from({ length: 20 }, () => watch({ productId }));
  await Promise.all(watchers.map((watcher) => watcher.next()));
  const started = pricing.statements.length;
  expect(started - before).toBe(20);
  await setPrice(productId, 2_000n);
  await Promise.all(watchers.map((watcher) => watcher.next()));
  // The write's own statements run in its transaction: what is left is the process's one reader.
  expect(pricing.statements.slice(started).map(({ sql }) => sql)).toEqual([
    expect.stringContaining('select * from events'),
  ]);
  await Promise.all(watchers.map((watcher) => watcher.leave()));
});

test('1,000 watchers get one change once, and are gone when they leave', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const clients = [pricing.connect(), pricing.connect()];
  const stop = new AbortController();
  const watchers = Array.from({ length: 1_000 }, (_, i) =>
    clients[i % 2]?.watchPrice({ productId }, { signal: stop.signal })[Symbol.asyncIterator](),
  ) as AsyncIterator<PriceUpdate>[];
  // In groups, as the first message of a stream must not be long in coming.
  for (let i = 0; i < watchers.length; i += 25) await Promise.all(watchers.slice(i, i + 25).map(next));
  await vi.waitFor(() => expect(pricing.feed.followers).toBe(1_000), 5_000);
  const { sequence } = await setPrice(productId, 2_000n);
  await setPrice(productId, 3_000n);
  for (const updates of await Promise.all(watchers.map((watcher) => take(watcher, 2)))) {
    expect(updates[0]?.sequence).toBe(sequence);
    expect(updates.map(({ newPrice }) => newPrice)).toEqual([20, 30]);
  }
  stop.abort();
  await vi.waitFor(() => expect(pricing.feed.followers).toBe(0), 5_000);
});

test('one that resumes gets what it missed and what follows, each once, whatever happens meanwhile', async () => {
  const productId = await pricing.product({ INR: 1n, USD: 1n });
  const other = await pricing.product({ INR: 1n });
  let minor = 1n;
  let sale = '';
  const change = async (kind: string) => {
    minor += 1n;
    if (kind === 'price') await setPrice(productId, minor);
    if (kind === 'currency') await setPrice(productId, minor, 'USD');
    if (kind === 'other') await setPrice(other, minor);
    if (kind === 'sale') {
      const request = { requestId: requestId(), productIds: [productId, other], endsAtMs: inMs(60_000) };
      const percentOff = 1 + (Number(minor) % 99);
      ({ saleId: sale } = await pricing.client.startSale({ ...request, percentOff }));
    }
    if (kind === 'end' && sale) await pricing.client.endSale({ requestId: requestId(), saleId: sale });
  };
  const changes = fc.array(fc.constantFrom('price', 'currency', 'other', 'sale', 'end'), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(changes, changes, fc.nat(), async (early, late, cut) => {
      const witness = watch({ productId });
      const first = await witness.next();
      for (const kind of early) await change(kind);
      // The witness leaves at some point; another goes on after the last it saw, while more changes come.
      await change('price');
      const seen: PriceUpdate[] = [];
      do seen.push(await witness.next());
      while (seen.at(-1)?.basePrice !== Number(minor) / 100);
      const resumeAfter = [first, ...seen].map((update) => update.sequence)[
        cut % (seen.length + 1)
      ] as bigint;
      const writing = (async () => {
        for (const kind of late) await change(kind);
        await change('price');
      })();
      // Position 0 says "none seen", so only a later one is resumed from.
      if (resumeAfter > 0n) {
        const missed = seen.filter(({ sequence }) => sequence > resumeAfter);
        const resumed = watch({ productId, resumeAfter });
        expect(await resumed.take(missed.length)).toEqual(missed);
        await writing;
        do {
          const update = await witness.next();
          expect(await resumed.next()).toEqual(update);
          seen.push(update);
        } while (seen.at(-1)?.basePrice !== Number(minor) / 100);
        await resumed.leave();
      }
      await writing;
      await witness.leave();
    }),
    { numRuns: 15 },
  );
});

test('a watcher that stops reading is ended, told to resume, and harms no other', async () => {
  const productId = await pricing.product({ INR: 1n });
  const slow = watch({ productId });
  const quick = watch({ productId });
  await Promise.all([slow.next(), quick.next()]);
  for (let round = 0; round < 12; round++) {
    await pricing.db.query(
      `insert into events (product_id, currency, base_minor, percent_off, reason)
       select $1, 'INR', minor, 0, 'price_changed' from generate_series(1, 500) minor`,
      [productId],
    );
    await quick.take(500);
  }
  await expect(slow.take(6_000)).rejects.toMatchObject({
    code: Code.RESOURCE_EXHAUSTED,
    message: expect.stringContaining('go on after the last one'),
  });
  await quick.leave();
});

test('a position that the feed never had is answered by a snapshot, and goes on from there', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const watcher = watch({ productId, resumeAfter: 2n ** 63n - 1n });
  const resync = await watcher.next();
  expect(resync).toMatchObject({ reason: 'resync', newPrice: 10 });
  const { sequence } = await setPrice(productId, 2_000n);
  expect(await watcher.next()).toMatchObject({ reason: 'price_changed', newPrice: 20, sequence });
  expect(resync.sequence).toBeLessThan(sequence);
  await watcher.leave();
});

test('a position from before the trim is answered by the present price, one after it by what was missed', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const early = await setPrice(productId, 2_000n);
  await setPrice(productId, 3_000n);
  const late = await setPrice(productId, 4_000n);
  await pricing.trim();
  const gone = watch({ productId, resumeAfter: early.sequence });
  const kept = watch({ productId, resumeAfter: late.sequence });
  expect(await gone.next()).toMatchObject({ reason: 'resync', newPrice: 40, sequence: late.sequence });
  const next = await setPrice(productId, 5_000n);
  for (const watcher of [gone, kept]) {
    const change = await watcher.next();
    expect(change).toMatchObject({ reason: 'price_changed', newPrice: 50, sequence: next.sequence });
    await watcher.leave();
  }
});

test('a trim between the snapshot and the following is made good by another', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const watcher = watch({ productId });
  pricing.afterStatement('running_sale', async () => {
    await setPrice(productId, 2_000n);
    await setPrice(productId, 3_000n);
    await pricing.trim();
  });
  const [snapshot, second] = await watcher.take(2);
  expect(snapshot).toMatchObject({ reason: 'snapshot', newPrice: 10 });
  expect(second).toMatchObject({ reason: 'resync', newPrice: 30 });
  await watcher.leave();
});

test.each([
  [{ productId: 0n }, Code.INVALID_ARGUMENT, 'product_id'],
  [{ productId: -1n }, Code.INVALID_ARGUMENT, 'product_id'],
  [{ productId: 1n, currency: 'usd' }, Code.INVALID_ARGUMENT, 'currency'],
  [{ productId: 1n, resumeAfter: -1n }, Code.INVALID_ARGUMENT, 'resume_after'],
  [{ productId: 2n ** 63n - 1n }, Code.NOT_FOUND, 'product 9223372036854775807'],
  [{ productId: 2n ** 63n - 1n, resumeAfter: 1n }, Code.NOT_FOUND, 'product 9223372036854775807'],
])('%o is refused', async (request, code, message) => {
  await expect(watch(request).next()).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});
