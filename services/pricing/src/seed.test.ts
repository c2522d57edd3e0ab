import { product, productCount } from '@hotpath/demo';
import { afterAll, expect, test } from 'vitest';
import { seed } from './seed.ts';
import { startPricing } from './testing.ts';

const pricing = await startPricing();
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

test('a table with any price stays as it is', async () => {
  await pricing.db.script(`truncate prices; insert into prices values (77, 'INR', 1)`);
  expect(await seed(pricing.db)).toBe(0);
  expect(await pricing.db.query('select product_id from prices')).toEqual([{ product_id: 77n }]);
});
