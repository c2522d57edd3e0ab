import type { PriceRequest, PriceResponse, PricingService } from '@hotpath/contracts';
import type { Client } from './client.ts';
import { coalesce } from './coalesce.ts';
import type { Code } from './code.ts';
import { RpcError } from './errors.ts';

/** What GetPricesBatch takes at most. */
const LARGEST_BATCH = 500;

/**
 * The same client, whose getPrice calls that are made at the same time become GetPricesBatch calls. One that is
 * given options of its own goes alone.
 */
export function coalescePrices(pricing: Client<typeof PricingService>): Client<typeof PricingService> {
  const getPrice = coalesce<Partial<PriceRequest>, PriceResponse>({
    maxSize: LARGEST_BATCH,
    identity: ({ productId, currency, customerSegment }) => `${productId} ${currency} ${customerSegment}`,
    async load(requests) {
      const { prices, errors } = await pricing.getPricesBatch({ requests });
      const refused = new Map(errors.map((error) => [error.index, error]));
      let next = 0;
      return requests.map((_, index) => {
        const error = refused.get(index);
        return error ? new RpcError(error.code as Code, error.message) : (prices[next++] as PriceResponse);
      });
    },
  });
  return {
    ...pricing,
    getPrice: (request, options) => (options ? pricing.getPrice(request, options) : getPrice(request)),
  };
}
