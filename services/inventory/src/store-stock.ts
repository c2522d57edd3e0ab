import type { WarehouseStock } from '@hotpath/contracts';
import type { FeedRow, Queryable, StatementOptions } from '@hotpath/database';
import { stockOfProduct } from './store-products.ts';

/** A change of one product's stock in one warehouse, as the feed gives it. */
export interface StockEvent extends FeedRow {
  readonly product_id: bigint;
  readonly warehouse_id: string;
  /** What can be reserved since. */
  readonly available: number;
}

/** A product's stock and the feed position at which it was so. */
export interface StockSnapshot {
  /** One entry for each warehouse, in the order of their ids. */
  stock: WarehouseStock[];
  position: bigint;
}

/** The stock of a product; undefined where there is no such product. */
export async function readStock(
  db: Queryable,
  productId: bigint,
  options?: StatementOptions,
): Promise<StockSnapshot | undefined> {
  const [snapshot] = await db.query<StockSnapshot>(
    `select ${stockOfProduct} as stock, (select coalesce(max(sequence), 1) from stock_events) as position
     from products p where p.product_id = $1`,
    [productId],
    options,
  );
  return snapshot;
}

/**
 * Locks the stock of some products until the transaction's end, and reads it. Everyone who is to change more than
 * one row locks them by this first, in this order, so that no two wait for each other.
 */
export function lockStock(tx: Queryable, productIds: readonly bigint[]): Promise<StockLevel[]> {
  return tx.query<StockLevel>(
    `select product_id as "productId", warehouse_id as "warehouseId", available from stock
     where product_id = any($1::bigint[]) order by product_id, warehouse_id for update`,
    [productIds],
  );
}

/** What one warehouse has of one product. */
export interface StockLevel extends WarehouseStock {
  productId: bigint;
}

/** Pieces to take out of stock (below 0) or to give back to it. */
export interface StockChange {
  readonly productId: bigint;
  readonly warehouseId: string;
  readonly quantity: number;
}

/** Changes stock that the transaction has locked. Returns the new levels: pass them to {@link announceStock}. */
export function changeStock(tx: Queryable, changes: readonly StockChange[]): Promise<StockLevel[]> {
  return tx.query<StockLevel>(
    `update stock s set available = s.available + change.quantity
     from (select product_id, warehouse_id, sum(quantity)::int as quantity
           from unnest($1::bigint[], $2::text[], $3::int[]) as line (product_id, warehouse_id, quantity)
           group by product_id, warehouse_id) change
     where s.product_id = change.product_id and s.warehouse_id = change.warehouse_id
     returning s.product_id as "productId", s.warehouse_id as "warehouseId", s.available`,
    [
      changes.map(({ productId }) => productId),
      changes.map(({ warehouseId }) => warehouseId),
      changes.map(({ quantity }) => quantity),
    ],
  );
}

/** Writes new levels to the feed: the last write of its transaction, as all other writers wait from here on. */
export async function announceStock(tx: Queryable, levels: readonly StockLevel[]): Promise<void> {
  if (levels.length === 0) return;
  await tx.query(
    `insert into stock_events (product_id, warehouse_id, available)
     select * from unnest($1::bigint[], $2::text[], $3::int[])`,
    [
      levels.map(({ productId }) => productId),
      levels.map(({ warehouseId }) => warehouseId),
      levels.map(({ available }) => available),
    ],
  );
}

/** What became of one level that was to be set. */
export interface SetResult extends StockLevel {
  productKnown: boolean;
  warehouseKnown: boolean;
  changed: boolean;
}

/** Sets levels, at most one for each product and warehouse. Returns one result for each. */
export function setStock(tx: Queryable, levels: readonly StockLevel[]): Promise<SetResult[]> {
  return tx.query<SetResult>(
    // The limits make look-ups of keys of what would be a join, for which the planner reads whole tables. What stands
    // already is left out first: "do update where" would lock it, which is a write.
    `with known as (
       select line.*, p.product_id is not null as product_known, w.warehouse_id is not null as warehouse_known,
         s.available as stands
       from unnest($1::bigint[], $2::text[], $3::int[]) as line (product_id, warehouse_id, available)
       left join lateral (select product_id from products p where p.product_id = line.product_id limit 1) p on true
       left join warehouses w using (warehouse_id)
       left join lateral (
         select available from stock s where s.product_id = line.product_id and s.warehouse_id = line.warehouse_id
         limit 1
       ) s on true
     ), changed as (
       insert into stock (product_id, warehouse_id, available)
       select product_id, warehouse_id, available from known
       where product_known and warehouse_known and stands is distinct from available
       order by product_id, warehouse_id collate "C" -- the order in which lockStock locks
       on conflict (product_id, warehouse_id) do update set available = excluded.available
         where stock.available <> excluded.available
       returning product_id, warehouse_id
     )
     select product_id as "productId", warehouse_id as "warehouseId", known.available,
       product_known as "productKnown", warehouse_known as "warehouseKnown",
       changed.product_id is not null as changed
     from known left join changed using (product_id, warehouse_id)`,
    [
      levels.map(({ productId }) => productId),
      levels.map(({ warehouseId }) => warehouseId),
      levels.map(({ available }) => available),
    ],
  );
}
