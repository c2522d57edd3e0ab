import { InventoryService } from '@hotpath/contracts';
import type { Database } from '@hotpath/database';
import { type Implementation, implement } from '@hotpath/rpc';
import type { Clients } from './prices.ts';
import { confirmReservation } from './rpcs/confirm-reservation.ts';
import { getProduct } from './rpcs/get-product.ts';
import { getStock } from './rpcs/get-stock.ts';
import { importStock } from './rpcs/import-stock.ts';
import { listProducts } from './rpcs/list-products.ts';
import { releaseReservation } from './rpcs/release-reservation.ts';
import { reserveStock } from './rpcs/reserve-stock.ts';
import { watchProduct } from './rpcs/watch-product.ts';
import type { StockFeed } from './stock-feed.ts';

/** What the inventory service works with. */
export interface InventoryInit {
  /** Migrated. */
  readonly db: Database;
  readonly feed: StockFeed;
  readonly clients: Clients;
  /** How long reserved pieces are held, in seconds. */
  readonly reservationTtlSeconds: number;
}

/** The inventory service's RPCs. */
export function inventoryService({
  db,
  feed,
  clients,
  reservationTtlSeconds,
}: InventoryInit): Implementation {
  return implement(InventoryService, {
    getProduct: getProduct(db, clients),
    listProducts: listProducts(db, clients),
    getStock: getStock(db),
    watchProduct: watchProduct(db, feed, clients),
    reserveStock: reserveStock(db, reservationTtlSeconds),
    confirmReservation: confirmReservation(db),
    releaseReservation: releaseReservation(db),
    importStock: importStock(db),
  });
}
