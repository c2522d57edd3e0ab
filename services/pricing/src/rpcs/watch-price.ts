import { type PricingService, toSegment } from '@hotpath/contracts';
import { type Database, UnknownPosition } from '@hotpath/database';
import { checkCurrency, checkId, checkProductId, type Handlers, traceDeliveries } from '@hotpath/rpc';
import { toPriceUpdate } from '../price.ts';
import { followPrices, type PriceFeed } from '../price-feed.ts';
import { findPrice, noPrice } from '../store.ts';

/**
 * The present price, then every change of it; or the changes since `resume_after`. Changes come from the feed,
 * which is read once per process: a watcher costs one statement, at its start. Where the feed cannot go on after a
 * position, the present price comes again.
 */
export function watchPrice(db: Database, feed: PriceFeed): Handlers<typeof PricingService>['watchPrice'] {
  const deliver = traceDeliveries('tell watchers of price changes');
  return async function* (request, call) {
    const productId = checkProductId(request.productId);
    const currency = checkCurrency(request.currency);
    const segment = toSegment(request.customerSegment);
    const resumeAfter = checkId('resume_after', request.resumeAfter, 0n);
    const presentPrice = async () => {
      const price = await findPrice(db, productId, currency, call);
      if (!price) throw noPrice(productId, currency);
      return price;
    };

    const price = await presentPrice();
    let after = resumeAfter;
    if (resumeAfter === 0n) {
      after = price.position;
      yield toPriceUpdate(price, segment, 'snapshot', after);
    }
    for (;;) {
      try {
        const following = { after, productIds: [productId], currency, signal: call.signal };
        for await (const change of followPrices(feed, following)) {
          yield toPriceUpdate(change, segment, change.reason, change.sequence, deliver(change.trace));
        }
      } catch (error) {
        if (!(error instanceof UnknownPosition)) throw error;
      }
      const price = await presentPrice();
      after = price.position;
      yield toPriceUpdate(price, segment, 'resync', after);
    }
  };
}
