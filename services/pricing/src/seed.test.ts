import { product, productCount } from '@hotpath/demo';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seed } from './seed.ts';
import { startPricing, type TestPricing } from './testing.ts';

let pricing: TestPricing;
beforeAll(async () => {
  pricing = await startPricing();
});
afterAll(() => pricing.close());

test('an empty table gets a price for every product and currency, without events; a filled one nothing', async () => {
  const began = performance.now();
  expect(await seed(pricing.db)).toBe(productCount * 5);
  expect(performance.now() - began).toBeLessThan(5_000);
  for (const number of [1, 4_711, productCount]) {
    for (const [currency, baseMinor] of Object.entries(product(number).prices)) {
      const price = await pricing.client.getPrice({ productId: BigInt(number), currency });
      expect(price.basePrice).toBe(Number(baseMinor) / (currency === 'JPY' ? 1 : 100));
    }
  }
  expect(await pricing.db.query('select from events limit 1')).toEqual([]);
  expect(await seed(pricing.db)).toBe(0);
});
