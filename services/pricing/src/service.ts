import { PricingService } from '@hotpath/contracts';
import type { Database } from '@hotpath/database';
import { type Implementation, implement } from '@hotpath/rpc';
import type { PriceFeed } from './price-feed.ts';
import { endSale } from './rpcs/end-sale.ts';
import { getPrice } from './rpcs/get-price.ts';
import { getPricesBatch } from './rpcs/get-prices-batch.ts';
import { importPrices } from './rpcs/import-prices.ts';
import { quoteCart } from './rpcs/quote-cart.ts';
import { setPrice } from './rpcs/set-price.ts';
import { startSale } from './rpcs/start-sale.ts';
import { watchChanges } from './rpcs/watch-changes.ts';
import { watchPrice } from './rpcs/watch-price.ts';

/** The pricing service's RPCs on a migrated database and the feed of its changes. */
export function pricingService(db: Database, feed: PriceFeed): Implementation {
  return implement(PricingService, {
    getPrice: getPrice(db),
    getPricesBatch: getPricesBatch(db),
    watchPrice: watchPrice(db, feed),
    watchChanges: watchChanges(feed),
    importPrices: importPrices(db),
    quoteCart: quoteCart(db, feed),
    setPrice: setPrice(db),
    startSale: startSale(db),
    endSale: endSale(db),
  });
}
