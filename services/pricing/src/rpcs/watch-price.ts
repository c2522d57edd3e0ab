import { type PricingService, toSegment } from '@hotpath/contracts';
import type { Database } from '@hotpath/database';
import { checkCurrency, checkId, checkProductId, type Handlers } from '@hotpath/rpc';
import { toPriceUpdate } from '../price.ts';
import { followPrices, type PriceFeed } from '../price-feed.ts';
import { findPrice, noPrice } from '../store.ts';

/**
 * The present price, then every change of it; or the changes since `resume_after`. Changes come from the feed,
 * which is read once per process: a watcher costs one statement, at its start.
 */
export function watchPrice(db: Database, feed: PriceFeed): Handlers<typeof PricingService>['watchPrice'] {
  return async function* (request, call) {
    const productId = checkProductId(request.productId);
    const currency = checkCurrency(request.currency);
    const segment = toSegment(request.customerSegment);
    const resumeAfter = checkId('resume_after', request.resumeAfter, 0n);
    const price = await findPrice(db, productId, currency, call);
    if (!price) throw noPrice(productId, currency);

    let after = resumeAfter;
    // A position that the feed has not reached is one of another database, such as one that was reset.
    if (resumeAfter === 0n || resumeAfter > price.position) {
      after = price.position;
      yield toPriceUpdate(price, segment, resumeAfter === 0n ? 'snapshot' : 'resync', after);
    }
    const following = { after, productIds: [productId], currency, signal: call.signal };
    for await (const change of followPrices(feed, following)) {
      yield toPriceUpdate(change, segment, change.reason, change.sequence);
    }
  };
}
