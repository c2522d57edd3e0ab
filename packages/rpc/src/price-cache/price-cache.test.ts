import { registry, trackPriceCache } from '@hotpath/telemetry';
import { expect, test } from 'vitest';
import { withBudget } from '../call.ts';
import { Code } from '../code.ts';
import { RpcError } from '../errors.ts';
import { startCache } from './price-cache.testing.ts';

const request = (productId: bigint, more = {}) => ({ requests: [{ productId, ...more }] });
const idsOf = ({ prices }: { prices: { productId: bigint }[] }) => prices.map(({ productId }) => productId);

test('a price is loaded once for each product, currency and segment, alone and in batches', async () => {
  const { client, pricing, state } = await startCache();
  const batch = { requests: [3n, 404n, 1n, 3n].map((productId) => ({ productId })) };
  const first = await client.getPricesBatch(batch);
  expect(idsOf(first)).toEqual([3n, 1n, 3n]);
  expect(first.errors).toEqual([{ index: 1, productId: 404n, code: Code.NOT_FOUND, message: 'no price' }]);
  expect(await client.getPrice({ productId: 1n, currency: 'INR', customerSegment: 'standard' })).toEqual(
    first.prices[1],
  );
  expect(pricing.batches).toEqual([[3n, 404n, 1n]]);
  await client.getPrice({ productId: 1n, currency: 'USD' });
  await client.getPrice({ productId: 1n, customerSegment: 'vip' });
  expect(pricing.batches).toHaveLength(3);
  expect(state()).toMatchObject({ hits: 1, misses: 6, bypasses: 0, entries: 4, live: true });
});

test('what has no price is asked for again, and so is what could not be loaded', async () => {
  const { client, pricing } = await startCache();
  for (let i = 0; i < 2; i++) {
    await expect(client.getPrice({ productId: 404n })).rejects.toMatchObject({
      code: Code.NOT_FOUND,
      message: 'no price',
    });
  }
  expect(pricing.batches).toEqual([[404n], [404n]]);
  pricing.hold = Promise.reject(new RpcError(Code.INTERNAL, 'once'));
  pricing.hold.catch(() => {});
  await expect(client.getPricesBatch(request(1n))).rejects.toMatchObject({ code: Code.INTERNAL });
  pricing.hold = undefined;
  expect(idsOf(await client.getPricesBatch(request(1n)))).toEqual([1n]);
});

test('a change drops the price for every segment in its currency, and no other', async () => {
  const { client, pricing, tell, state } = await startCache();
  const segments = ['standard', 'vip', 'wholesale'];
  const all = () =>
    client.getPricesBatch({
      requests: [
        ...segments.map((customerSegment) => ({ productId: 1n, customerSegment })),
        { productId: 1n, currency: 'USD' },
        { productId: 2n },
      ],
    });
  await all();
  pricing.price = 20;
  await tell(1n);
  expect((await all()).prices.map(({ basePrice }) => basePrice)).toEqual([20, 20, 20, 10, 10]);
  expect(pricing.batches[1]).toEqual([1n, 1n, 1n]);
  expect(state().invalidations).toBe(3);
});

test('a load that began before a change is given to those who had asked, and not kept', async () => {
  const { client, pricing, tell } = await startCache();
  const held = Promise.withResolvers<void>();
  pricing.hold = held.promise;
  const before = client.getPrice({ productId: 1n });
  await expect.poll(() => pricing.batches.length).toBe(1);
  pricing.price = 20;
  pricing.hold = undefined;
  await tell(1n);
  // One who comes after the change does not share the load, and what that gives afterwards is not put over the new.
  expect((await client.getPrice({ productId: 1n })).basePrice).toBe(20);
  held.resolve();
  expect((await before).basePrice).toBe(10);
  expect((await client.getPrice({ productId: 1n })).basePrice).toBe(20);
  expect(pricing.batches).toHaveLength(2);
});

test('a load under way is shared; one who leaves harms no other, and the last to leave ends it', async () => {
  const { client, pricing } = await startCache();
  const held = Promise.withResolvers<void>();
  pricing.hold = held.promise;
  const ask = (budgetMs: number) =>
    withBudget({ path: 'GET /api/products/{id}/price', budgetMs }, () => client.getPrice({ productId: 1n }));
  const short = ask(200);
  await expect.poll(() => pricing.batches.length).toBe(1);
  const long = ask(10_000);
  await expect(short).rejects.toMatchObject({ code: Code.DEADLINE_EXCEEDED });
  // The first has left, and its load with it; the other has begun its own.
  await expect.poll(() => pricing.batches.length).toBe(2);
  const another = ask(10_000);
  held.resolve();
  expect((await Promise.all([long, another])).map(({ basePrice }) => basePrice)).toEqual([10, 10]);
  expect(pricing.batches).toHaveLength(2);
  expect(pricing.givenUp).toBeGreaterThanOrEqual(1);
});

test('a price is not read past the next boundary of a sale, nor a shared load that has passed it', async () => {
  const { client, pricing } = await startCache();
  pricing.holdsForMs = 150;
  await client.getPrice({ productId: 1n });
  pricing.price = 20;
  const loadedAt = performance.now();
  while ((await client.getPrice({ productId: 1n })).basePrice === 10);
  expect(performance.now() - loadedAt).toBeLessThanOrEqual(150 + 5_000);

  const held = Promise.withResolvers<void>();
  pricing.hold = held.promise;
  const first = client.getPrice({ productId: 2n });
  await expect.poll(() => pricing.batches.flat().includes(2n)).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 160));
  pricing.price = 30;
  const late = client.getPrice({ productId: 2n });
  held.resolve();
  expect((await first).basePrice).toBe(20);
  expect((await late).basePrice).toBe(30);
});

test('a price is kept no longer than its age, and no more prices than the size', async () => {
  const aged = await startCache({ ageMs: 100 });
  await aged.client.getPrice({ productId: 1n });
  aged.pricing.price = 20;
  await aged.until(() => aged.state().live);
  await expect.poll(async () => (await aged.client.getPrice({ productId: 1n })).basePrice).toBe(20);

  const small = await startCache({ size: 2 });
  for (const productId of [1n, 2n, 1n, 3n, 1n]) await small.client.getPrice({ productId });
  expect(small.state()).toMatchObject({ entries: 2, hits: 2, misses: 3 });
});

test('a release of pricing that does not say how long prices hold is not cached, and its feed is not live', async () => {
  const { client, pricing, state, until } = await startCache({ mostStaleMs: 300 });
  pricing.holdsForMs = 0;
  await client.getPrice({ productId: 1n });
  await client.getPrice({ productId: 1n });
  expect(pricing.batches.length).toBe(2);
  await until(() => !state().live);
});

test('who writes through it reads what was written', async () => {
  const { client, pricing, tell, change } = await startCache();
  await client.getPrice({ productId: 1n });
  pricing.price = 20;
  let isAnswered = false;
  const price = { minorUnits: 2_000n, currency: 'INR' };
  const written = client.setPrice({ requestId: 'x', productId: 1n, price }).then(() => {
    isAnswered = true;
  });
  await expect.poll(() => pricing.position).toBe(101n);
  change();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isAnswered).toBe(false);
  await tell(1n);
  await written;
  expect((await client.getPrice({ productId: 1n })).basePrice).toBe(20);
});

test('its metrics tell what it does', async () => {
  const { client, state } = await startCache();
  trackPriceCache(state);
  for (let i = 0; i < 3; i++) await client.getPrice({ productId: 1n });
  const lines = (await registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith('hotpath_price_cache'));
  expect(lines).toEqual([
    'hotpath_price_cache_reads_total{outcome="hit"} 2',
    'hotpath_price_cache_reads_total{outcome="miss"} 1',
    'hotpath_price_cache_reads_total{outcome="bypass"} 0',
    'hotpath_price_cache_invalidations_total 0',
    'hotpath_price_cache_entries 1',
    'hotpath_price_cache_live 1',
    'hotpath_price_cache_position 100',
  ]);
});
