import type { InventoryService } from '@hotpath/contracts';
import type { Queryable } from '@hotpath/database';
import { checkCurrency, checkId, checkProductId, type Handlers } from '@hotpath/rpc';
import { noProduct } from '../checks.ts';
import { type Clients, priceOf, segmentOf } from '../prices.ts';
import { findProduct } from '../store-products.ts';

/** One product with price and stock: its own database in parallel with user, then pricing. */
export function getProduct(db: Queryable, clients: Clients): Handlers<typeof InventoryService>['getProduct'] {
  return async (request, call) => {
    const productId = checkProductId(request.productId);
    const userId = checkId('user_id', request.userId, 0n);
    const currency = checkCurrency(request.currency);
    const [product, segment] = await Promise.all([
      findProduct(db, productId, call),
      segmentOf(clients, userId),
    ]);
    if (!product) throw noProduct(productId);
    return { product: { ...product, ...(await priceOf(clients, productId, { currency, segment })) } };
  };
}
