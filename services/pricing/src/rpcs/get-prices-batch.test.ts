import { Code } from '@hotpath/rpc';
import { afterAll, expect, test } from 'vitest';
import { requestId, startPricing } from '../testing.ts';

const pricing = await startPricing();
afterAll(() => pricing.close());

test('prices come in the order of the requests, duplicates included, each for its own segment and currency', async () => {
  const a = await pricing.product({ INR: 1_000n, USD: 500n });
  const b = await pricing.product({ INR: 2_000n });
  const { prices, errors } = await pricing.client.getPricesBatch({
    requests: [
      { productId: b },
      { productId: a, currency: 'USD' },
      { productId: b, customerSegment: 'vip' },
      { productId: a, resumeAfter: 99n },
      { productId: b },
    ],
  });
  expect(errors).toEqual([]);
  expect(prices.map((price) => [price.productId, price.currency, price.discountedPrice])).toEqual([
    [b, 'INR', 20],
    [a, 'USD', 5],
    [b, 'INR', 18],
    [a, 'INR', 10],
    [b, 'INR', 20],
  ]);
});

test('a bad item is reported by its position and never fails the others', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const bad = [
    [{ productId: 0n }, Code.INVALID_ARGUMENT, 'product_id'],
    [{ productId: -7n, currency: 'XXX' }, Code.INVALID_ARGUMENT, 'product_id'],
    [{ productId, currency: 'inr' }, Code.INVALID_ARGUMENT, 'currency'],
    [{ productId, currency: 'INR\0' }, Code.INVALID_ARGUMENT, 'currency'],
    [{ productId, currency: '\udc00' }, Code.INVALID_ARGUMENT, 'currency'],
    [{ productId, currency: "' or 1=1 --" }, Code.INVALID_ARGUMENT, 'currency'],
    [{ productId, currency: 'X'.repeat(10_000) }, Code.INVALID_ARGUMENT, 'currency'],
    [{ productId, currency: 'EUR' }, Code.NOT_FOUND, 'EUR'],
    [{ productId: 2n ** 63n - 1n }, Code.NOT_FOUND, '9223372036854775807'],
  ] as const;
  const { prices, errors } = await pricing.client.getPricesBatch({
    requests: bad.flatMap(([request]) => [{ productId }, request]),
  });
  expect(prices.map((price) => price.productId)).toEqual(bad.map(() => productId));
  expect(errors).toEqual(
    bad.map(([request, code, message], position) => ({
      index: 2 * position + 1,
      productId: request.productId,
      code,
      message: expect.stringContaining(message),
    })),
  );
});

test('an empty batch has an empty answer; 500 are answered and 501 refused', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const many = (count: number) => ({ requests: Array.from({ length: count }, () => ({ productId })) });
  expect(await pricing.client.getPricesBatch({})).toEqual({
    prices: [],
    errors: [],
    position: 0n,
    holdsForMs: 0,
  });
  expect((await pricing.client.getPricesBatch(many(1))).prices).toHaveLength(1);
  expect((await pricing.client.getPricesBatch(many(500))).prices).toHaveLength(500);
  await expect(pricing.client.getPricesBatch(many(501))).rejects.toMatchObject({
    code: Code.INVALID_ARGUMENT,
    message: expect.stringContaining('requests'),
  });
});

test('a batch is one statement, which reads neither prices nor the products of sales from end to end', async () => {
  await pricing.db.query(
    `insert into prices select 1000000 + id, 'GBP', 100 from generate_series(1, 20000) id`,
  );
  await pricing.db.script('analyze');
  const ids = Array.from({ length: 500 }, (_, i) => 1_000_001n + BigInt(i) * 40n);
  await pricing.client.startSale({
    requestId: requestId(),
    productIds: ids,
    percentOff: 10,
    endsAtMs: BigInt(Date.now() + 60_000),
  });
  const before = pricing.statements.length;
  const { prices } = await pricing.client.getPricesBatch({
    requests: ids.map((productId) => ({ productId, currency: 'GBP' })),
  });
  expect(prices.map((price) => [price.productId, price.discountedPrice])).toEqual(ids.map((id) => [id, 0.9]));

  const [statement, ...others] = pricing.statements
    .slice(before)
    .filter(({ sql }) => sql.includes('running_sale'));
  expect(others).toEqual([]);
  const plan = await pricing.db.query<{ 'QUERY PLAN': string }>(
    `explain ${statement?.sql}`,
    statement?.params as bigint[][],
  );
  const text = plan.map((line) => line['QUERY PLAN']).join('\n');
  expect(text).toContain('prices_pkey');
  expect(text).not.toMatch(/Seq Scan on (prices|sale_products)/);
});

test('one who caches is told the position and for how long no sale starts or ends by its time', async () => {
  const [plain, planned] = [await pricing.product({ INR: 1_000n }), await pricing.product({ INR: 1_000n })];
  const ask = (...productIds: bigint[]) =>
    pricing.client.getPricesBatch({
      toCache: true,
      requests: productIds.map((productId) => ({ productId })),
    });
  const aDay = 86_400_000;
  const { position } = await ask();
  expect(await ask(plain)).toMatchObject({ prices: [{ productId: plain }], position, holdsForMs: aDay });
  expect(await ask(2n ** 62n)).toMatchObject({ prices: [], position, holdsForMs: aDay });

  const inTwoDays = BigInt(Date.now() + 2 * aDay);
  const start = (startsInMs: number, endsAtMs: bigint) =>
    pricing.client.startSale({
      requestId: requestId(),
      productIds: [planned],
      percentOff: 10,
      startsAtMs: BigInt(Date.now() + startsInMs),
      endsAtMs,
    });
  await start(60_000, inTwoDays);
  const untilStart = await ask(plain, planned);
  expect(untilStart.position).toBeGreaterThan(position);
  expect(untilStart.holdsForMs).toBeGreaterThan(0);
  expect(untilStart.holdsForMs).toBeLessThanOrEqual(60_000);
  const { saleId } = await start(0, BigInt(Date.now() + 30_000));
  const untilEnd = await ask(plain, planned);
  expect(untilEnd.holdsForMs).toBeGreaterThan(0);
  expect(untilEnd.holdsForMs).toBeLessThanOrEqual(30_000);
  expect((await ask(plain)).holdsForMs).toBe(aDay);
  await pricing.client.endSale({ requestId: requestId(), saleId });
  expect((await ask(planned)).holdsForMs).toBeGreaterThan(30_000);
});
