import { Code } from '@hotpath/rpc';
import { afterAll, expect, test } from 'vitest';
import { startPricing } from '../testing.ts';

const pricing = await startPricing();
afterAll(() => pricing.close());

test('the price of a product for a segment, in INR unless said otherwise', async () => {
  const productId = await pricing.product({ INR: 199_900n, JPY: 2_999n });
  expect(await pricing.client.getPrice({ productId })).toEqual({
    productId,
    basePrice: 1999,
    discountedPrice: 1999,
    isOnSale: false,
    saleEndsAt: 0n,
    currency: 'INR',
  });
  expect(await pricing.client.getPrice({ productId, currency: 'JPY', customerSegment: 'vip' })).toMatchObject(
    { basePrice: 2999, discountedPrice: 2699, currency: 'JPY' },
  );
});

test.each(['gold', '__proto__', 'VIP', 'vip\0', "'; drop table prices; --", 'v'.repeat(10_000)])(
  'the unknown segment %.20s is standard',
  async (customerSegment) => {
    const productId = await pricing.product({ INR: 1_000n });
    expect((await pricing.client.getPrice({ productId, customerSegment })).discountedPrice).toBe(10);
  },
);

test('ids are exact to 2^63 - 1', async () => {
  const ids = [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n];
  for (const [index, id] of ids.entries()) {
    await pricing.db.query(`insert into prices values ($1, 'INR', $2)`, [id, BigInt(index + 1) * 100n]);
  }
  for (const [index, productId] of ids.entries()) {
    expect(await pricing.client.getPrice({ productId })).toMatchObject({ productId, basePrice: index + 1 });
  }
  await expect(pricing.client.getPrice({ productId: 2n ** 63n - 2n })).rejects.toMatchObject({
    code: Code.NOT_FOUND,
  });
});

test.each([0n, -1n, -(2n ** 63n)])('the id %s is refused', async (productId) => {
  await expect(pricing.client.getPrice({ productId })).rejects.toMatchObject({
    code: Code.INVALID_ARGUMENT,
    message: expect.stringContaining('product_id'),
  });
});

test.each([
  'XXX',
  'inr',
  ' INR',
  'INR\0',
  '__proto__',
  '\ud800',
  "INR'; drop table prices; --",
  'I'.repeat(10_000),
])('the currency %.20s is refused', async (currency) => {
  await expect(pricing.client.getPrice({ productId: 1n, currency })).rejects.toMatchObject({
    code: Code.INVALID_ARGUMENT,
    message: expect.stringContaining('currency'),
  });
});

test('a product without a price in that currency is not found', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  await expect(pricing.client.getPrice({ productId, currency: 'EUR' })).rejects.toMatchObject({
    code: Code.NOT_FOUND,
    message: `product ${productId} has no price in EUR`,
  });
});
