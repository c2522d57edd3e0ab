import { Code } from '@hotpath/rpc';
import { afterAll, expect, test } from 'vitest';
import { next, requestId, startPricing, take } from '../testing.ts';

const pricing = await startPricing();
afterAll(() => pricing.close());

const inMs = (ms: number) => BigInt(Date.now() + ms);

function start(
  productIds: bigint[],
  percentOff: number,
  times: { startsAtMs?: bigint; endsAtMs?: bigint } = {},
) {
  return pricing.client.startSale({
    requestId: requestId(),
    productIds,
    percentOff,
    endsAtMs: inMs(60_000),
    ...times,
  });
}

function end(saleId: string) {
  return pricing.client.endSale({ requestId: requestId(), saleId });
}

function watch(productId: bigint, client = pricing.client) {
  return client.watchPrice({ productId })[Symbol.asyncIterator]();
}

const eventsOf = (productId: bigint) =>
  pricing.db.query(
    'select currency, percent_off, reason from events where product_id = $1 order by sequence',
    [productId],
  );

test('a sale that starts now applies at once, in every currency', async () => {
  const productId = await pricing.product({ INR: 1_000n, USD: 200n });
  const before = BigInt(Date.now());
  const endsAtMs = inMs(60_000);
  const sale = await start([productId, productId], 30, { startsAtMs: 1n, endsAtMs });
  expect(sale.saleId).toMatch(/^[0-9a-f-]{36}$/);
  expect(sale.endsAtMs).toBe(endsAtMs);
  expect(Number(sale.startsAtMs - before)).toBeGreaterThanOrEqual(-1);
  expect(await pricing.client.getPrice({ productId, currency: 'USD', customerSegment: 'vip' })).toMatchObject(
    {
      basePrice: 2,
      discountedPrice: 1.26,
      isOnSale: true,
      saleEndsAt: (endsAtMs + 999n) / 1000n,
    },
  );
  expect(await eventsOf(productId)).toEqual([
    { currency: 'INR', percent_off: 30, reason: 'sale_started' },
    { currency: 'USD', percent_off: 30, reason: 'sale_started' },
  ]);
});

test('where sales overlap watchers are told only of what changes, and the end of one shows the other', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const watcher = watch(productId);
  await next(watcher);
  const small = await start([productId], 10);
  const large = await start([productId], 40);
  await start([productId], 10, { endsAtMs: inMs(30_000) });
  const { saleId: unnoticed } = await start([productId], 20);
  await end(unnoticed);
  await end(large.saleId);
  await end(small.saleId);
  expect(
    (await take(watcher, 4)).map(({ reason, newPrice, isOnSale }) => [reason, newPrice, isOnSale]),
  ).toEqual([
    ['sale_started', 9, true],
    ['sale_started', 6, true],
    ['sale_ended', 9, true],
    // Of two with the same percentage the one that ended later held; now the other does.
    ['sale_ended', 9, true],
  ]);
  expect(await eventsOf(productId)).toHaveLength(4);
  await watcher.return?.();
});

test('a price set during a sale keeps the sale', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const watcher = watch(productId);
  await next(watcher);
  await start([productId], 50);
  await pricing.client.setPrice({
    requestId: requestId(),
    productId,
    price: { minorUnits: 3_000n, currency: 'INR' },
  });
  await pricing.client.setPrice({
    requestId: requestId(),
    productId,
    price: { minorUnits: 900n, currency: 'EUR' },
  });
  expect(await take(watcher, 2)).toMatchObject([
    { reason: 'sale_started', newPrice: 5 },
    { reason: 'price_changed', newPrice: 15, basePrice: 30, isOnSale: true },
  ]);
  expect((await eventsOf(productId)).at(-1)).toEqual({
    currency: 'EUR',
    percent_off: 50,
    reason: 'price_changed',
  });
  await watcher.return?.();
});

test('ending is at once, told once, and twice is no error', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const { saleId } = await start([productId], 50);
  const before = BigInt(Date.now());
  const first = await end(saleId.toUpperCase());
  expect(first.saleId).toBe(saleId);
  expect(Number(first.endedAtMs - before)).toBeGreaterThanOrEqual(-1);
  expect((await pricing.client.getPrice({ productId })).isOnSale).toBe(false);
  expect(await end(saleId)).toEqual(first);
  expect((await eventsOf(productId)).map(({ reason }) => reason)).toEqual(['sale_started', 'sale_ended']);
});

test('one that is ended while it runs but before the feed was told of its start is told of', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  // As it stands between its start and the alarm.
  const [sale] = await pricing.db.query<{ id: string }>(
    `with sale as (
       insert into sales (sale_id, percent_off, starts_at, ends_at)
       values (gen_random_uuid(), 50, now() - interval '1 s', now() + interval '1 h') returning sale_id
     )
     insert into sale_products select $1, sale_id from sale returning sale_id as id`,
    [productId],
  );
  expect((await pricing.client.getPrice({ productId })).isOnSale).toBe(true);
  await end(sale?.id ?? '');
  expect(await eventsOf(productId)).toEqual([{ currency: 'INR', percent_off: 0, reason: 'sale_ended' }]);
});

test('a sale that ended by its time keeps that time', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const endsAtMs = inMs(500);
  const watcher = watch(productId);
  await next(watcher);
  const { saleId } = await start([productId], 50, { endsAtMs });
  await take(watcher, 2);
  expect((await end(saleId)).endedAtMs).toBe(endsAtMs);
  await watcher.return?.();
});

test('a future sale that is ended never starts and nobody is told', async () => {
  const [productId, other] = [await pricing.product({ INR: 1_000n }), await pricing.product({ INR: 1_000n })];
  const watcher = watch(other);
  await next(watcher);
  const startsAtMs = inMs(1_000);
  const { saleId } = await start([productId], 50, { startsAtMs });
  await start([other], 50, { startsAtMs });
  expect((await end(saleId)).endedAtMs).toBeLessThan(startsAtMs);
  expect((await next(watcher)).reason).toBe('sale_started');
  expect((await pricing.client.getPrice({ productId })).isOnSale).toBe(false);
  expect(await eventsOf(productId)).toEqual([{ currency: 'INR', percent_off: 0, reason: 'sale_scheduled' }]);
  await watcher.return?.();
});

test('a repeated start is the same sale; another under the same id is refused', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const request = { requestId: requestId(), productIds: [productId], percentOff: 10, endsAtMs: inMs(60_000) };
  const first = await pricing.client.startSale(request);
  expect(await pricing.client.startSale(request)).toEqual(first);
  expect(await eventsOf(productId)).toHaveLength(1);
  await expect(pricing.client.startSale({ ...request, percentOff: 11 })).rejects.toMatchObject({
    code: Code.ALREADY_EXISTS,
  });
});

test('products without a price are named, ten of them at most, and nothing is stored', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const missing = (count: number) => Array.from({ length: count }, (_, i) => 9_000_000n + BigInt(i));
  await expect(start([productId, ...missing(2)], 10)).rejects.toMatchObject({
    code: Code.NOT_FOUND,
    message: 'no price for product_ids 9000000, 9000001',
  });
  await expect(start([...missing(11), productId], 10)).rejects.toMatchObject({
    code: Code.NOT_FOUND,
    message: expect.stringMatching(/ 9000009 and more$/),
  });
  expect((await pricing.client.getPrice({ productId })).isOnSale).toBe(false);
});

test.each([
  [{ requestId: '' }, 'request_id'],
  [{ productIds: [] }, 'product_ids'],
  [{ productIds: Array.from({ length: 501 }, (_, i) => BigInt(i + 1)) }, 'product_ids'],
  [{ productIds: [1n, -1n] }, 'product_ids'],
  [{ percentOff: 0 }, 'percent_off'],
  [{ percentOff: 100 }, 'percent_off'],
  [{ percentOff: -2_147_483_648 }, 'percent_off'],
  [{ endsAtMs: 0n }, 'ends_at_ms'],
  [{ endsAtMs: -(2n ** 63n) }, 'ends_at_ms'],
  [{ endsAtMs: 2n ** 63n - 1n }, 'ends_at_ms'],
  [{ startsAtMs: 2n ** 63n - 1n }, 'ends_at_ms'],
])('a start with %o is refused', async (fields, field) => {
  const request = {
    requestId: requestId(),
    productIds: [1n],
    percentOff: 10,
    endsAtMs: inMs(60_000),
    ...fields,
  };
  await expect(pricing.client.startSale(request)).rejects.toMatchObject({
    code: Code.INVALID_ARGUMENT,
    message: expect.stringContaining(field),
  });
});

test.each([
  ['', Code.INVALID_ARGUMENT],
  ['not a uuid', Code.INVALID_ARGUMENT],
  ["'; drop table sales; --", Code.INVALID_ARGUMENT],
  ['\0'.repeat(36), Code.INVALID_ARGUMENT],
  ['0'.repeat(10_000), Code.INVALID_ARGUMENT],
  ['00000000-0000-4000-8000-000000000000', Code.NOT_FOUND],
])('ending the sale %.40s is refused', async (saleId, code) => {
  await expect(end(saleId)).rejects.toMatchObject({ code });
});

test('two replicas tell the feed of each start and end once, and both push it', async () => {
  const other = await pricing.replica();
  const productIds = await Promise.all([1, 2, 3].map(() => pricing.product({ INR: 1_000n, JPY: 100n })));
  const watchers = productIds.flatMap((id) => [watch(id), watch(id, other.client)]);
  await Promise.all(watchers.map(next));
  const startsAtMs = inMs(500);
  await start(productIds, 50, { startsAtMs, endsAtMs: startsAtMs + 500n });
  for (const updates of await Promise.all(watchers.map((watcher) => take(watcher, 2)))) {
    expect(updates.map(({ reason, newPrice }) => [reason, newPrice])).toEqual([
      ['sale_started', 5],
      ['sale_ended', 10],
    ]);
  }
  for (const id of productIds) {
    expect((await eventsOf(id)).map(({ reason }) => reason)).toEqual(
      ['sale_scheduled', 'sale_started', 'sale_ended'].flatMap((reason) => [reason, reason]),
    );
  }
  for (const watcher of watchers) await watcher.return?.();
});
