import type { Currency } from '@hotpath/contracts';
import type { Queryable, StatementOptions } from '@hotpath/database';
import { notFound, type RpcError } from '@hotpath/rpc';
import type { PriceState } from './price.ts';

/** The longest that a price is said to hold, ms: a day. */
const longestMs = 86_400_000;

/** A price as it stood when it was read. */
export interface StoredPrice extends PriceState {
  /** The position of the change feed at which it was read: later changes have greater sequences. */
  position: bigint;
}

/**
 * The prices of products, each in a currency of its own, in the order asked for; undefined where there is none.
 * One statement whatever the number, all read at the same position. A string that is no currency has no prices.
 */
export function findPrices(
  db: Queryable,
  productIds: readonly bigint[],
  currencies: readonly (Currency | '')[],
  options?: StatementOptions,
): Promise<(StoredPrice | undefined)[]> {
  return find<StoredPrice>(db, statement, productIds, currencies, options);
}

/** Prices for someone who caches them. */
export interface PricesToCache {
  readonly prices: readonly (StoredPrice | undefined)[];
  /** The position of the change feed at which they were read; the newest where none was found. */
  readonly position: bigint;
  /** For how long after they were read no sale of these products starts or ends by its time, whole ms. */
  readonly holdsForMs: number;
}

/**
 * The same, with how long they hold: a length and no time of day, so that it means the same whatever clock its
 * receiver has.
 */
export async function findPricesToCache(
  db: Queryable,
  productIds: readonly bigint[],
  currencies: readonly (Currency | '')[],
  options?: StatementOptions,
): Promise<PricesToCache> {
  const prices = await find<StoredPrice & { holdsForMs: number | null }>(
    db,
    statementToCache,
    productIds,
    currencies,
    options,
  );
  const holdsForMs = prices.map((price) => price?.holdsForMs ?? longestMs);
  return {
    prices,
    position: prices.find((price) => price !== undefined)?.position ?? (await newestPosition(db, options)),
    holdsForMs: Math.floor(Math.min(longestMs, ...holdsForMs)),
  };
}

async function newestPosition(db: Queryable, options?: StatementOptions): Promise<bigint> {
  const [row] = await db.query<{ position: bigint }>(`select ${position}`, [], options);
  return row?.position ?? 1n;
}

async function find<Row extends object>(
  db: Queryable,
  statement: string,
  productIds: readonly bigint[],
  currencies: readonly (Currency | '')[],
  options?: StatementOptions,
): Promise<(Row | undefined)[]> {
  const found: (Row | undefined)[] = new Array(productIds.length).fill(undefined);
  if (productIds.length === 0) return found;
  const rows = await db.query<Row & { number: bigint }>(statement, [productIds, currencies], options);
  for (const row of rows) found[Number(row.number) - 1] = row;
  return found;
}

const position = '(select coalesce(max(sequence), 1) from events) as position';

/** How long until a sale of the product starts or ends by its time, ms; null: none is to. */
const nextBoundary = `, (
  select (extract(epoch from min(boundary) - statement_timestamp()) * 1000)::float8
  from sale_products join sales using (sale_id)
  cross join lateral (values (starts_at), (ends_at)) boundaries (boundary)
  where sale_products.product_id = price.product_id and boundary > statement_timestamp()
) as "holdsForMs"`;

// The lateral limit makes every look-up one of the primary key: left to itself the planner prefers to read
// the whole table from about 200 products on, which takes three times as long.
const statementWith = (more: string) => `
  select
    asked.number,
    price.product_id as "productId",
    price.currency,
    price.base_minor as "baseMinor",
    coalesce(sale.percent_off, 0) as "percentOff",
    sale.ends_at as "saleEndsAt",
    ${position}
    ${more}
  from unnest($1::bigint[], $2::text[]) with ordinality asked (product_id, currency, number)
  cross join lateral (
    select * from prices
    where prices.product_id = asked.product_id and prices.currency = asked.currency
    limit 1
  ) price
  left join lateral running_sale(price.product_id) sale on true`;

// Made once: a text that is made for each call is hashed for each, to find its prepared statement.
const statement = statementWith('');
const statementToCache = statementWith(nextBoundary);

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
