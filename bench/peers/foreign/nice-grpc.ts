import { type CompatServiceDefinition, createChannel, createClient, createServer } from 'nice-grpc';
import type { Price } from '../../check.ts';
import { openStore, toMessage } from '../../data.ts';
import { tsProto } from '../generate.ts';
import { type Peer, terms } from '../peer.ts';

type Request = { readonly productId: bigint; readonly currency: string; readonly customerSegment: string };
type Pricing = {
  getPrice(request: Request): Promise<Price>;
  getPricesBatch(request: { readonly requests: readonly Request[] }): Promise<{ readonly prices: Price[] }>;
};

/** nice-grpc on grpc-js, with ts-proto's code, which its documentation recommends. */
const peer: Peer = {
  async serve({ delayMs }) {
    const store = openStore(delayMs);
    const server = createServer();
    server.add(await definition(), {
      getPrice: async ({ productId }: Request) => toMessage(await store.one(Number(productId))),
      getPricesBatch: async ({ requests }: { requests: Request[] }) => ({
        prices: (await store.many(requests.map(({ productId }) => Number(productId)))).map(toMessage),
      }),
    } as never);
    return `127.0.0.1:${await server.listen('127.0.0.1:0')}`;
  },
  async connect(address) {
    const client = createClient(await definition(), createChannel(address)) as unknown as Pricing;
    const requestFor = (id: number) => ({ productId: BigInt(id), ...terms });
    return {
      price: (id) => client.getPrice(requestFor(id)),
      batch: async (ids) => (await client.getPricesBatch({ requests: ids.map(requestFor) })).prices,
    };
  },
};
export default peer;

/** The two RPCs that are called: a server must implement all that it is given. */
async function definition(): Promise<CompatServiceDefinition> {
  const { PricingServiceDefinition: whole } = (await import(tsProto('pricing'))) as {
    PricingServiceDefinition: { methods: Record<string, object> };
  };
  const { getPrice, getPricesBatch } = whole.methods;
  return { ...whole, methods: { getPrice, getPricesBatch } } as unknown as CompatServiceDefinition;
}
