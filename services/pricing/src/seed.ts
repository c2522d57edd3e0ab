import { type Currency, currencies } from '@hotpath/contracts';
import type { Database } from '@hotpath/database';
import { catalogue } from '@hotpath/demo';

/**
 * Stores the demo catalogue's prices where there are no prices at all. Returns how many it stored. The feed is
 * told nothing: nobody has seen a price before.
 */
export async function seed(db: Database): Promise<number> {
  const [any] = await db.query('select from prices limit 1');
  if (any) return 0;
  const codes = Object.keys(currencies) as Currency[];
  const prices = catalogue().flatMap((product) =>
    codes.map((currency) => ({ id: product.productId, currency, minor: product.prices[currency] })),
  );
  const stored = await db.query(
    `insert into prices (product_id, currency, base_minor)
     select * from unnest($1::bigint[], $2::text[], $3::bigint[])
     on conflict do nothing returning 1`,
    [prices.map(({ id }) => id), prices.map(({ currency }) => currency), prices.map(({ minor }) => minor)],
  );
  return stored.length;
}
