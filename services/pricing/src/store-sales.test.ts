import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { findPrice } from './store.ts';
import { settleSales } from './store-sales.ts';
import { startPricing } from './testing.ts';

const pricing = await startPricing();
afterAll(() => pricing.close());

interface Planned {
  percentOff: number;
  /** Minutes from now, so that no boundary passes during the test. */
  starts: number;
  ends: number;
}

/** Stores sales of one product as they would stand had the feed not been told of any. */
async function store(productId: bigint, sales: readonly Planned[]) {
  await pricing.db.query(
    `with stored as (
       insert into sales (sale_id, percent_off, starts_at, ends_at)
       select gen_random_uuid(), percent, now() + starts * interval '1 minute', now() + ends * interval '1 minute'
       from unnest($1::int[], $2::int[], $3::int[]) sale (percent, starts, ends)
       returning sale_id
     )
     insert into sale_products select $4, sale_id from stored`,
    [sales.map((s) => s.percentOff), sales.map((s) => s.starts), sales.map((s) => s.ends), productId],
  );
}

const eventsOf = (productId: bigint) =>
  pricing.db.query<{ percent_off: number; reason: string; sale_ends_at: Date | null }>(
    'select percent_off, reason, sale_ends_at from events where product_id = $1 order by sequence',
    [productId],
  );

test('of the sales that run, the largest percentage holds, then the later end', async () => {
  const sale = fc.record({
    percentOff: fc.integer({ min: 1, max: 4 }),
    starts: fc.integer({ min: -4, max: 3 }).map((minute) => 2 * minute - 1),
    ends: fc.integer({ min: -3, max: 4 }).map((minute) => 2 * minute + 1),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(sale, { maxLength: 6 }), async (sales) => {
      const productId = await pricing.product({ INR: 1_000n });
      const before = Date.now();
      await store(productId, sales);
      const best = sales
        .filter(({ starts, ends }) => starts < 0 && ends > 0)
        .toSorted((a, b) => b.percentOff - a.percentOff || b.ends - a.ends)[0];
      const price = await findPrice(pricing.db, productId, 'INR');
      expect(price?.percentOff).toBe(best?.percentOff ?? 0);
      const endsInMs = price?.saleEndsAt && price.saleEndsAt.getTime() - before;
      expect(endsInMs && Math.round(endsInMs / 60_000)).toBe(best?.ends ?? null);

      // The feed, when it is told, says the same; once, however often it is asked to be told.
      for (let i = 0; i < 2; i++) await pricing.db.transaction((tx) => settleSales(tx));
      expect(await eventsOf(productId)).toEqual(
        best
          ? [{ percent_off: best.percentOff, reason: 'sale_started', sale_ends_at: price?.saleEndsAt }]
          : [],
      );
    }),
    { numRuns: 60 },
  );
});

test('the products of a sale that has ended are forgotten', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  await store(productId, [
    { percentOff: 10, starts: -9, ends: -1 },
    { percentOff: 20, starts: -9, ends: 9 },
    { percentOff: 30, starts: 1, ends: 9 },
  ]);
  await pricing.db.transaction((tx) => settleSales(tx));
  const left = await pricing.db.query(
    `select percent_off from sale_products join sales using (sale_id) where product_id = $1 order by percent_off`,
    [productId],
  );
  expect(left).toEqual([{ percent_off: 20 }, { percent_off: 30 }]);
});

test('a sale that came and went while no one was there is not told of', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  await store(productId, [{ percentOff: 10, starts: -9, ends: -1 }]);
  await pricing.db.transaction((tx) => settleSales(tx));
  expect(await eventsOf(productId)).toEqual([]);
});
