import { PricingService } from '@hotpath/contracts';
import type { Database, Queryable } from '@hotpath/database';
import { type Handlers, notFound, writeOnce } from '@hotpath/rpc';
import { toSale } from '../sale.ts';
import { takeTurn } from '../store-prices.ts';
import { announceScheduled, databaseTime, findUnpriced, insertSale, settleSales } from '../store-sales.ts';

const mostNamed = 10;

/** Takes a percentage off some products between two instants. */
export function startSale(db: Database): Handlers<typeof PricingService>['startSale'] {
  return (request, call) =>
    writeOnce(
      db,
      { method: PricingService.methods.startSale, caller: call.caller, request },
      call,
      async (tx) => {
        await takeTurn(tx);
        const now = await databaseTime(tx);
        const sale = toSale(request, now);
        await requirePrices(tx, sale.productIds);
        const saleId = await insertSale(tx, sale);
        await settleSales(tx);
        if (sale.startsAt > now) await announceScheduled(tx, sale.productIds);
        return {
          saleId,
          startsAtMs: BigInt(sale.startsAt.getTime()),
          endsAtMs: BigInt(sale.endsAt.getTime()),
        };
      },
    );
}

/** Throws NOT_FOUND naming the products that have no price, the first ten of them. */
async function requirePrices(tx: Queryable, productIds: readonly bigint[]): Promise<void> {
  const unpriced = await findUnpriced(tx, productIds, mostNamed + 1);
  if (unpriced.length === 0) return;
  const more = unpriced.length > mostNamed ? ' and more' : '';
  throw notFound(`no price for product_ids ${unpriced.slice(0, mostNamed).join(', ')}${more}`);
}
