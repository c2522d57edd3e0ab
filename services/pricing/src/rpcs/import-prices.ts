import { decode, encode, ImportPricesResponse, type PriceLine, PricingService } from '@hotpath/contracts';
import { type Database, once, recall } from '@hotpath/database';
import { type Call, type Handlers, importLines, type LineOutcome, RpcError } from '@hotpath/rpc';
import { type BasePrice, changePrices, toBasePrice } from '../store-prices.ts';

/** Sets many base prices, each message's lines in one transaction and by one statement. */
export function importPrices(db: Database): Handlers<typeof PricingService>['importPrices'] {
  return async (requests, call) => {
    const writeOf = (requestId: string) => ({
      caller: call.caller,
      method: PricingService.methods.importPrices.path,
      requestId,
      // An import is never held whole, so its id alone tells a repeat.
      request: new Uint8Array(),
    });
    const summary = await importLines(requests, {
      async recall(requestId) {
        const answer = await recall(db, writeOf(requestId));
        return answer && decode(ImportPricesResponse, answer).summary;
      },
      store: (lines) => storeLines(db, lines, call),
      async keep(requestId, summary) {
        const work = async () => encode(ImportPricesResponse, { summary });
        const answer = await db.transaction((tx) => once(tx, writeOf(requestId), work), call);
        return decode(ImportPricesResponse, answer).summary ?? summary;
      },
    });
    return { summary };
  };
}

/** Stores the good lines; where lines give the same price, the last one counts and the others change nothing. */
async function storeLines(db: Database, lines: PriceLine[], call: Call): Promise<LineOutcome[]> {
  const prices = new Map<string, { price: BasePrice; position: number }>();
  const outcomes = lines.map((line, position): LineOutcome => {
    try {
      const price = toBasePrice(line);
      prices.set(keyOf(price), { price, position });
      return 'unchanged';
    } catch (error) {
      if (error instanceof RpcError) return error;
      throw error;
    }
  });
  if (prices.size === 0) return outcomes;
  const sent = [...prices.values()].map(({ price }) => price);
  for (const changed of await db.transaction((tx) => changePrices(tx, sent), call)) {
    const stored = prices.get(keyOf(changed));
    if (stored) outcomes[stored.position] = 'changed';
  }
  return outcomes;
}

function keyOf({ productId, currency }: { productId: bigint; currency: string }): string {
  return `${productId} ${currency}`;
}
