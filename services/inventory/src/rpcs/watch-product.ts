import { isDeepStrictEqual } from 'node:util';
import type { InventoryService, WarehouseStock } from '@hotpath/contracts';
import type { Database } from '@hotpath/database';
import { checkCurrency, checkId, checkProductId, type Handlers } from '@hotpath/rpc';
import { noProduct } from '../checks.ts';
import { followPrice, type PriceState } from '../follow-price.ts';
import { merge } from '../merge.ts';
import { type Clients, type PriceFields, segmentOf } from '../prices.ts';
import type { StockFeed } from '../stock-feed.ts';
import { readStock, type StockEvent } from '../store-stock.ts';

/** Price and stock of one product as whole states: the present one at once, then each new one. */
export function watchProduct(
  db: Database,
  feed: StockFeed,
  clients: Clients,
): Handlers<typeof InventoryService>['watchProduct'] {
  return async function* (request, call) {
    const productId = checkProductId(request.productId);
    const userId = checkId('user_id', request.userId, 0n);
    const currency = checkCurrency(request.currency);
    const { signal } = call;

    const [start, segment] = await Promise.all([readStock(db, productId, call), segmentOf(clients, userId)]);
    if (!start) throw noProduct(productId);
    let { stock } = start;
    let price: PriceFields | undefined;
    const changes = merge<StockEvent | PriceState>(
      feed.follow({ after: start.position, keys: [productId], signal }),
      followPrice(clients, productId, { currency, segment }, signal),
    );
    for await (const change of changes) {
      const isFirst = price === undefined;
      if ('price' in change) {
        // A stream that was opened again begins with a snapshot, which need not be news.
        if (isDeepStrictEqual(change.price, price)) continue;
        price = change.price;
      } else stock = withLevel(stock, change);
      // The first state is whole once pricing has answered.
      if (!price) continue;
      const reason = isFirst ? 'snapshot' : 'price' in change ? reasonOf(change) : 'stock_changed';
      yield { productId, ...price, stock, reason };
    }
  };
}

function withLevel(
  stock: readonly WarehouseStock[],
  { warehouse_id, available }: StockEvent,
): WarehouseStock[] {
  return stock.map((one) => (one.warehouseId === warehouse_id ? { ...one, available } : one));
}

/** Pricing's reason, where it says what changed; its snapshots after a break do not. */
function reasonOf({ reason }: PriceState): string {
  return reason === 'sale_started' || reason === 'sale_ended' ? reason : 'price_changed';
}
