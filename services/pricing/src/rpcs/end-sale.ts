import { PricingService } from '@hotpath/contracts';
import type { Database } from '@hotpath/database';
import { checkUuid, type Handlers, notFound, writeOnce } from '@hotpath/rpc';
import { findSaleEnd, settleSales } from '../store-sales.ts';

/** Ends a sale now, or before it has started; one that has ended stays as it is. */
export function endSale(db: Database): Handlers<typeof PricingService>['endSale'] {
  return (request, call) =>
    writeOnce(
      db,
      { method: PricingService.methods.endSale, caller: call.caller, request },
      call,
      async (tx) => {
        const saleId = checkUuid('sale_id', request.saleId);
        await settleSales(tx, saleId);
        const endedAt = await findSaleEnd(tx, saleId);
        if (!endedAt) throw notFound(`there is no sale ${saleId}`);
        return { saleId, endedAtMs: BigInt(endedAt.getTime()) };
      },
    );
}
