import type { Currency, Money } from '@hotpath/contracts';
import type { Queryable } from '@hotpath/database';
import { checkCurrency, checkProductId, invalidArgument, storedTraceparent } from '@hotpath/rpc';

/** A base price to be stored. */
export interface BasePrice {
  readonly productId: bigint;
  readonly currency: Currency;
  /** Minor units, 0 to 10^12. */
  readonly baseMinor: bigint;
}

/** A base price that was changed. */
export interface ChangedPrice {
  readonly productId: bigint;
  readonly currency: Currency;
  /** Position of the change in the feed. */
  readonly sequence: bigint;
}

const mostMinor = 10n ** 12n;

/** The base price that a request gives a product. Throws INVALID_ARGUMENT naming the field that is wrong. */
export function toBasePrice({
  productId,
  price,
}: {
  productId: bigint;
  price: Money | undefined;
}): BasePrice {
  checkProductId(productId);
  if (!price) throw invalidArgument('price', 'is missing');
  const currency = checkCurrency(price.currency, 'price.currency');
  if (price.minorUnits < 0n || price.minorUnits > mostMinor) {
    throw invalidArgument('price.minor_units', `must be from 0 to ${mostMinor}, not ${price.minorUnits}`);
  }
  return { productId, currency, baseMinor: price.minorUnits };
}

/**
 * Waits for the turn to change prices or sales, which ends with the transaction: one change at a time. What a
 * change tells the feed depends on base price and sales alike, so it must see every change that precedes it
 * there. To be called before anything is read that the change depends on.
 */
export async function takeTurn(tx: Queryable): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock('prices'::regclass::oid::bigint)`);
}

/**
 * Stores base prices, no product and currency twice, and tells the feed of those that were different. Returns
 * these; the others are only read. One statement whatever the number.
 */
export async function changePrices(tx: Queryable, prices: readonly BasePrice[]): Promise<ChangedPrice[]> {
  await takeTurn(tx);
  return tx.query<ChangedPrice>(
    // "do update where" would lock the others, which is a write. The limit: see findPrices.
    `with different as (
       select given.* from unnest($1::bigint[], $2::text[], $3::bigint[]) given (product_id, currency, base_minor)
       left join lateral (
         select base_minor from prices
         where prices.product_id = given.product_id and prices.currency = given.currency
         limit 1
       ) stored on true
       where stored.base_minor is distinct from given.base_minor
     ), changed as (
       insert into prices (product_id, currency, base_minor) select * from different
       on conflict (product_id, currency) do update set base_minor = excluded.base_minor
       returning product_id, currency, base_minor
     )
     insert into events (product_id, currency, base_minor, percent_off, sale_ends_at, reason, trace)
     select changed.*, coalesce(sale.percent_off, 0), sale.ends_at, 'price_changed', $4::text
     from changed left join lateral running_sale(changed.product_id) sale on true
     returning product_id as "productId", currency, sequence`,
    [
      prices.map(({ productId }) => productId),
      prices.map(({ currency }) => currency),
      prices.map(({ baseMinor }) => baseMinor),
      storedTraceparent(),
    ],
  );
}

/** Position in the feed of a price's newest change; 0: it has not changed since it was seeded. */
export async function newestChange(tx: Queryable, productId: bigint, currency: Currency): Promise<bigint> {
  const [event] = await tx.query<{ sequence: bigint }>(
    `select sequence from events where product_id = $1 and currency = $2 and reason <> 'sale_scheduled'
     order by sequence desc limit 1`,
    [productId, currency],
  );
  return event?.sequence ?? 0n;
}
