import type { Currency } from '@hotpath/contracts';
import type { Queryable, StatementOptions } from '@hotpath/database';
import { notFound, type RpcError } from '@hotpath/rpc';
import type { PriceState } from './price.ts';

/** A price as it stood when it was read. */
export interface StoredPrice extends PriceState {
  /** The position of the change feed at which it was read: later changes have greater sequences. */
  position: bigint;
}

/**
 * The prices of products, each in a currency of its own, in the order asked for; undefined where there is none.
 * One statement whatever the number, all read at the same position. A string that is no currency has no prices.
 */
export async function findPrices(
  db: Queryable,
  productIds: readonly bigint[],
  currencies: readonly (Currency | '')[],
  options?: StatementOptions,
): Promise<(StoredPrice | undefined)[]> {
  const rows = await db.query<StoredPrice & { number: bigint }>(statement, [productIds, currencies], options);
  const found: (StoredPrice | undefined)[] = new Array(productIds.length).fill(undefined);
  for (const row of rows) found[Number(row.number) - 1] = row;
  return found;
}

// The lateral limit makes every look-up one of the primary key: left to itself the planner prefers to read
// the whole table from about 200 products on, which takes three times as long.
const statement = `
  select
    asked.number,
    price.product_id as "productId",
    price.currency,
    price.base_minor as "baseMinor",
    coalesce(sale.percent_off, 0) as "percentOff",
    sale.ends_at as "saleEndsAt",
    (select coalesce(max(sequence), 0) from events) as position
  from unnest($1::bigint[], $2::text[]) with ordinality asked (product_id, currency, number)
  cross join lateral (
    select * from prices
    where prices.product_id = asked.product_id and prices.currency = asked.currency
    limit 1
  ) price
  left join lateral running_sale(price.product_id) sale on true`;

/** One price. */
export async function findPrice(
  db: Queryable,
  productId: bigint,
  currency: Currency,
  options?: StatementOptions,
): Promise<StoredPrice | undefined> {
  const [price] = await findPrices(db, [productId], [currency], options);
  return price;
}

/** NOT_FOUND for a price that does not exist. */
export function noPrice(productId: bigint, currency: Currency): RpcError {
  return notFound(`product ${productId} has no price in ${currency}`);
}
