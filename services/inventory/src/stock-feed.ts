import { type Database, type Feed, openFeed } from '@hotpath/database';
import type { StockEvent } from './store-stock.ts';

/** The changes of all stock, read once per process however many watch. */
export type StockFeed = Feed<StockEvent>;

/** Opens the feed of a migrated database. `onError` is told when reading fails; it is tried again. */
export function openStockFeed(db: Database, onError: (error: unknown) => void): Promise<StockFeed> {
  return openFeed<StockEvent>(db, { table: 'stock_events', key: 'product_id', onError });
}
