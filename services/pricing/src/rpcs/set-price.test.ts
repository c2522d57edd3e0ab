import { Code } from '@hotpath/rpc';
import { afterAll, expect, test } from 'vitest';
import { requestId, startPricing } from '../testing.ts';

const pricing = await startPricing();
afterAll(() => pricing.close());

const inr = (minorUnits: bigint) => ({ minorUnits, currency: 'INR' });

async function eventsOf(productId: bigint) {
  return pricing.db.query('select sequence, currency, base_minor, reason from events where product_id = $1', [
    productId,
  ]);
}

test('a price is stored and told once; one that stands already is told no more', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const first = await pricing.client.setPrice({ requestId: requestId(), productId, price: inr(1_500n) });
  expect(first).toMatchObject({ productId, price: inr(1_500n) });
  const again = await pricing.client.setPrice({ requestId: requestId(), productId, price: inr(1_500n) });
  expect(again).toEqual(first);
  expect(await eventsOf(productId)).toEqual([
    { sequence: first.sequence, currency: 'INR', base_minor: 1_500n, reason: 'price_changed' },
  ]);
  expect((await pricing.client.getPrice({ productId })).basePrice).toBe(15);
});

test('a price that never changed has no position', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const { sequence } = await pricing.client.setPrice({
    requestId: requestId(),
    productId,
    price: inr(1_000n),
  });
  expect(sequence).toBe(0n);
});

test('a product without a price in that currency gets its first, a new product too; empty is INR', async () => {
  const productId = 2n ** 63n - 1n;
  for (const [currency, stored] of [
    ['', 'INR'],
    ['JPY', 'JPY'],
  ] as const) {
    const price = { minorUnits: 10n ** 12n, currency };
    const answer = await pricing.client.setPrice({ requestId: requestId(), productId, price });
    expect(answer.price).toEqual({ minorUnits: 10n ** 12n, currency: stored });
  }
  expect((await pricing.client.getPrice({ productId, currency: 'JPY' })).basePrice).toBe(1e12);
});

test('a repeat gets the first answer and changes nothing; another request under the same id is refused', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const request = { requestId: requestId(), productId, price: inr(1_100n) };
  const first = await pricing.client.setPrice(request);
  await pricing.client.setPrice({ requestId: requestId(), productId, price: inr(1_200n) });
  expect(await pricing.client.setPrice(request)).toEqual(first);
  expect((await pricing.client.getPrice({ productId })).basePrice).toBe(12);
  await expect(pricing.client.setPrice({ ...request, price: inr(1_300n) })).rejects.toMatchObject({
    code: Code.ALREADY_EXISTS,
    message: expect.stringContaining(request.requestId),
  });
});

test('writes at the same time are told one after the other', async () => {
  const productId = await pricing.product({ INR: 1n });
  const amounts = Array.from({ length: 30 }, (_, i) => BigInt(i + 100));
  const answers = await Promise.all(
    amounts.map((amount) =>
      pricing.client.setPrice({ requestId: requestId(), productId, price: inr(amount) }),
    ),
  );
  const told = await eventsOf(productId);
  const sequences = answers.map(({ sequence }) => sequence);
  expect(told.map(({ sequence }) => sequence)).toEqual(sequences.toSorted((a, b) => Number(a - b)));
  expect((await pricing.client.getPrice({ productId })).basePrice).toBe(
    Number(told.at(-1)?.base_minor) / 100,
  );
});

test.each([
  [{ requestId: '' }, 'request_id'],
  [{ requestId: 'r'.repeat(201) }, 'request_id'],
  [{ requestId: 'r\0' }, 'request_id'],
  [{ productId: 0n }, 'product_id'],
  [{ productId: -1n }, 'product_id'],
  [{ price: undefined }, 'price'],
  [{ price: inr(-1n) }, 'price.minor_units'],
  [{ price: inr(10n ** 12n + 1n) }, 'price.minor_units'],
  [{ price: inr(2n ** 63n - 1n) }, 'price.minor_units'],
  [{ price: { minorUnits: 1n, currency: 'inr' } }, 'price.currency'],
  [{ price: { minorUnits: 1n, currency: 'X'.repeat(10_000) } }, 'price.currency'],
  [{ price: { minorUnits: 1n, currency: "'; drop table prices; --" } }, 'price.currency'],
])('%o is refused', async (fields, field) => {
  const request = { requestId: requestId(), productId: 1n, price: inr(1n), ...fields };
  await expect(pricing.client.setPrice(request)).rejects.toMatchObject({
    code: Code.INVALID_ARGUMENT,
    message: expect.stringMatching(new RegExp(`^${field.replace('.', '\\.')}: `)),
  });
});

test('a request id is any text without NUL', async () => {
  for (const id of ["'; drop table prices; --", '__proto__', '\u{1f600}', 'r'.repeat(200), 'x\ud800']) {
    await pricing.client.setPrice({ requestId: id, productId: 1n, price: inr(1n) });
  }
});
