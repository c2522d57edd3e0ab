import { PricingService } from '@hotpath/contracts';
import type { Database } from '@hotpath/database';
import { type Handlers, writeOnce } from '@hotpath/rpc';
import { changePrices, newestChange, toBasePrice } from '../store-prices.ts';

/** Sets the base price of one product in one currency. */
export function setPrice(db: Database): Handlers<typeof PricingService>['setPrice'] {
  return (request, call) =>
    writeOnce(
      db,
      { method: PricingService.methods.setPrice, caller: call.caller, request },
      call,
      async (tx) => {
        const price = toBasePrice(request);
        const { productId, currency, baseMinor } = price;
        const [changed] = await changePrices(tx, [price]);
        return {
          productId,
          price: { minorUnits: baseMinor, currency },
          sequence: changed?.sequence ?? (await newestChange(tx, productId, currency)),
        };
      },
    );
}
