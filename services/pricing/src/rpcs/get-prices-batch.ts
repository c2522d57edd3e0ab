import {
  type Currency,
  type ItemError,
  isCurrency,
  type PriceRequest,
  type PriceResponse,
  type PricingService,
  toSegment,
} from '@hotpath/contracts';
import type { Database } from '@hotpath/database';
import { checkCurrency, checkProductId, type Handlers, invalidArgument, RpcError } from '@hotpath/rpc';
import { toPriceResponse } from '../price.ts';
import { findPrices, findPricesToCache, noPrice, type StoredPrice } from '../store.ts';

const mostRequests = 500;

/** The prices of many products by one statement; a bad item is reported and never fails the others. */
export function getPricesBatch(db: Database): Handlers<typeof PricingService>['getPricesBatch'] {
  return async ({ requests, toCache }, call) => {
    if (requests.length > mostRequests) {
      throw invalidArgument('requests', `must be at most ${mostRequests}, not ${requests.length}`);
    }
    const productIds = requests.map(({ productId }) => productId);
    const currencies = requests.map(({ currency }) => knownCurrency(currency));
    if (!toCache) {
      const found = await findPrices(db, productIds, currencies, call);
      return { ...toItems(requests, found), position: 0n, holdsForMs: 0 };
    }
    const { prices, ...terms } = await findPricesToCache(db, productIds, currencies, call);
    return { ...toItems(requests, prices), ...terms };
  };
}

function toItems(requests: readonly PriceRequest[], found: readonly (StoredPrice | undefined)[]) {
  const prices: PriceResponse[] = [];
  const errors: ItemError[] = [];
  for (const [index, request] of requests.entries()) {
    const price = found[index];
    if (price) prices.push(toPriceResponse(price, toSegment(request.customerSegment)));
    else errors.push(toItemError(index, request));
  }
  return { prices, errors };
}

function knownCurrency(code: string): Currency | '' {
  return code === '' ? 'INR' : isCurrency(code) ? code : '';
}

/** Why an item has no price. Items are looked up unchecked: only one that was not found can be a bad one. */
function toItemError(index: number, { productId, currency }: PriceRequest): ItemError {
  const { code, message } = refusal(productId, currency);
  return { index, productId, code, message };
}

function refusal(productId: bigint, currency: string): RpcError {
  try {
    return noPrice(checkProductId(productId), checkCurrency(currency));
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
}
