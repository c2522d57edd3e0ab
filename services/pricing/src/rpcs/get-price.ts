import { type PricingService, toSegment } from '@hotpath/contracts';
import type { Database } from '@hotpath/database';
import { checkCurrency, checkProductId, type Handlers } from '@hotpath/rpc';
import { toPriceResponse } from '../price.ts';
import { findPrice, noPrice } from '../store.ts';

/** The price of one product for a segment and a currency. */
export function getPrice(db: Database): Handlers<typeof PricingService>['getPrice'] {
  return async (request, call) => {
    const productId = checkProductId(request.productId);
    const currency = checkCurrency(request.currency);
    const price = await findPrice(db, productId, currency, call);
    if (!price) throw noPrice(productId, currency);
    return toPriceResponse(price, toSegment(request.customerSegment));
  };
}
