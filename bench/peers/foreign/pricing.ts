import type { Price } from '../../check.ts';
import { openStore, toMessage } from '../../data.ts';
import { type Shop, terms } from '../peer.ts';

type Request = { readonly productId: bigint; readonly currency: string; readonly customerSegment: string };
type Batch = { readonly requests: readonly Request[] };

/** The two RPCs that are called, as clients with generated code offer them. */
export type Pricing = {
  getPrice(request: Request): Promise<Price>;
  getPricesBatch(request: Batch): Promise<{ readonly prices: readonly Price[] }>;
};

/** What a server with generated code answers them by. */
export function handlersOf(delayMs: number) {
  const store = openStore(delayMs);
  return {
    getPrice: async ({ productId }: Request) => toMessage(await store.one(Number(productId))),
    getPricesBatch: async ({ requests }: Batch) => ({
      prices: (await store.many(requests.map(({ productId }) => Number(productId)))).map(toMessage),
    }),
  };
}

/** Calls them by a client. */
export function callsOf(client: Pricing): Shop {
  const requestFor = (id: number) => ({ productId: BigInt(id), ...terms });
  return {
    price: (id) => client.getPrice(requestFor(id)),
    batch: async (ids) => (await client.getPricesBatch({ requests: ids.map(requestFor) })).prices,
  };
}
