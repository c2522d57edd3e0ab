import { randomUUID } from 'node:crypto';
import type { Queryable } from '@hotpath/database';
import { storedTraceparent } from '@hotpath/rpc';
import type { Sale } from './sale.ts';
import { takeTurn } from './store-prices.ts';

/** The database's clock, which decides what sale runs when. */
export async function databaseTime(tx: Queryable): Promise<Date> {
  const [row] = await tx.query<{ now: Date }>('select statement_timestamp() as now');
  return (row as { now: Date }).now;
}

/** Those of the products that have no price in any currency, at most `limit` of them, in their order. */
export async function findUnpriced(
  tx: Queryable,
  productIds: readonly bigint[],
  limit: number,
): Promise<bigint[]> {
  const rows = await tx.query<{ id: bigint }>(
    `select id from unnest($1::bigint[]) with ordinality asked (id, number)
     where not exists (select from prices where product_id = id)
     order by number limit $2`,
    [productIds, limit],
  );
  return rows.map(({ id }) => id);
}

/** Stores a sale and wakes the alarm of every replica. It has no effect on the feed until `settleSales`. */
export async function insertSale(tx: Queryable, sale: Sale): Promise<string> {
  const saleId = randomUUID();
  await tx.query(
    `with sale as (
       insert into sales (sale_id, percent_off, starts_at, ends_at) values ($1, $2, $3, $4)
     ), products as (
       insert into sale_products (product_id, sale_id) select id, $1 from unnest($5::bigint[]) id
     )
     select pg_notify('sales', '')`,
    [saleId, sale.percentOff, sale.startsAt, sale.endsAt, sale.productIds],
  );
  return saleId;
}

/**
 * Tells the feed that a sale of these products is to start, so that whoever caches their prices learns that they no
 * longer hold for as long as was said.
 */
export async function announceScheduled(tx: Queryable, productIds: readonly bigint[]): Promise<void> {
  await tx.query(
    `insert into events (product_id, currency, base_minor, percent_off, sale_ends_at, reason, trace)
     select
       price.product_id, price.currency, price.base_minor, coalesce(sale.percent_off, 0), sale.ends_at,
       'sale_scheduled', $2::text
     from prices price
     left join lateral running_sale(price.product_id) sale on true
     where price.product_id = any($1::bigint[])
     order by price.product_id, price.currency`,
    [productIds, storedTraceparent()],
  );
}

/** When a sale ends or ended; undefined for an unknown one. */
export async function findSaleEnd(tx: Queryable, saleId: string): Promise<Date | undefined> {
  const [sale] = await tx.query<{ endsAt: Date }>(
    'select ends_at as "endsAt" from sales where sale_id = $1',
    [saleId],
  );
  return sale?.endsAt;
}

/**
 * When the next start or end of a sale is due that the feed was not told of; undefined: never. By this process's
 * clock, however far that is from the database's.
 */
export async function findNextDue(db: Queryable): Promise<Date | undefined> {
  const [row] = await db.query<{ ms: number | null }>(
    `select (extract(epoch from min(due) - statement_timestamp()) * 1000)::float8 as ms
     from (
       select min(starts_at) as due from sales where not started and not ended
       union all
       select min(ends_at) from sales where not ended
     ) boundaries`,
  );
  return row?.ms == null ? undefined : new Date(Date.now() + Math.ceil(row.ms));
}

/** A sale that has just ended, as it was before. */
interface Ended {
  saleId: string;
  percentOff: number;
  /** When it would have ended. */
  endsAt: Date;
  /** Whether the feed knew of it, or it was running though the feed was not yet told. */
  known: boolean;
}

/** A sale on one of its products. */
interface Applied {
  saleId: string;
  productId: bigint;
}

/**
 * Tells the feed of every start and end that is due and of the end of the sale `endNow`, which ends now whatever
 * its time. Each is told once, by whoever comes first. A price has one event however many sales started or
 * ended, and none where another sale applied before and still does.
 */
export async function settleSales(tx: Queryable, endNow: string | null = null): Promise<void> {
  await takeTurn(tx);
  const ended = await endSales(tx, endNow);
  const started = await beginSales(tx);
  const known = ended.filter((sale) => sale.known);
  const productIds = new Set([...known, ...started].map(({ productId }) => productId));
  if (productIds.size === 0) return;
  await tx.query(
    `insert into events (product_id, currency, base_minor, percent_off, sale_ends_at, reason, trace)
     select
       price.product_id, price.currency, price.base_minor, coalesce(sale.percent_off, 0), sale.ends_at,
       case when sale.sale_id = any($2::uuid[]) then 'sale_started' else 'sale_ended' end,
       $6::text
     from prices price
     left join lateral running_sale(price.product_id) sale on true
     left join (
       select distinct on (product_id) * from unnest($3::bigint[], $4::integer[], $5::timestamptz[])
         best (product_id, percent_off, ends_at)
       order by product_id, percent_off desc, ends_at desc
     ) before using (product_id)
     where price.product_id = any($1::bigint[])
       and (
         sale.sale_id = any($2::uuid[])
         or (before.percent_off, before.ends_at) > (coalesce(sale.percent_off, 0), coalesce(sale.ends_at, '-infinity'))
       )
     order by price.product_id, price.currency`,
    [
      [...productIds],
      [...new Set(started.map(({ saleId }) => saleId))],
      known.map(({ productId }) => productId),
      known.map(({ percentOff }) => percentOff),
      known.map(({ endsAt }) => endsAt),
      storedTraceparent(),
    ],
  );
}

// What joins these few sales in one statement makes the planner, which takes all that is past for due, read all.

/** Ends the sales that are due and the sale `endNow`, and forgets their products, which are returned. */
async function endSales(tx: Queryable, endNow: string | null): Promise<(Ended & Applied)[]> {
  const columns = `sale_id as "saleId", percent_off as "percentOff", ends_at as "endsAt",
    started or (starts_at <= statement_timestamp() and ends_at > statement_timestamp()) as known`;
  const due = await tx.query<Ended>(
    `select ${columns} from sales where not ended and ends_at <= statement_timestamp()
     union select ${columns} from sales where not ended and sale_id = $1`,
    [endNow],
  );
  if (due.length === 0) return [];
  const sales = new Map(due.map((sale) => [sale.saleId, sale]));
  const products = await tx.query<Applied>(
    `with marked as (
       update sales
       set ended = true, ends_at = least(ends_at, date_trunc('milliseconds', statement_timestamp()))
       where sale_id = any($1::uuid[])
     )
     delete from sale_products where sale_id = any($1::uuid[])
     returning sale_id as "saleId", product_id as "productId"`,
    [[...sales.keys()]],
  );
  return products.map((applied) => ({ ...(sales.get(applied.saleId) as Ended), ...applied }));
}

/** Begins the sales that are due. Returns their products. */
async function beginSales(tx: Queryable): Promise<Applied[]> {
  const begun = await tx.query<{ id: string }>(
    `update sales set started = true
     where not started and not ended and starts_at <= statement_timestamp() returning sale_id as id`,
  );
  if (begun.length === 0) return [];
  return tx.query<Applied>(
    'select sale_id as "saleId", product_id as "productId" from sale_products where sale_id = any($1::uuid[])',
    [begun.map(({ id }) => id)],
  );
}
