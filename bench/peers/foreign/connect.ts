import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { DescService } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { connectNodeAdapter, createGrpcTransport } from '@connectrpc/connect-node';
import type { Price } from '../../check.ts';
import { openStore, toMessage } from '../../data.ts';
import { protobufEs } from '../generate.ts';
import { type Peer, terms } from '../peer.ts';

type Request = { readonly productId: bigint; readonly currency: string; readonly customerSegment: string };
type Pricing = {
  getPrice(request: Request): Promise<Price>;
  getPricesBatch(request: { readonly requests: readonly Request[] }): Promise<{ readonly prices: Price[] }>;
};

/** connect-node with protobuf-es's code, gRPC on the wire. */
const peer: Peer = {
  async serve({ delayMs }) {
    const store = openStore(delayMs);
    const service = await pricing();
    const handle = connectNodeAdapter({
      routes: (router) =>
        router.service(service, {
          getPrice: async ({ productId }: Request) => toMessage(await store.one(Number(productId))),
          getPricesBatch: async ({ requests }: { requests: Request[] }) => ({
            prices: (await store.many(requests.map(({ productId }) => Number(productId)))).map(toMessage),
          }),
        } as never),
    });
    const server = createServer(handle).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  async connect(address) {
    const transport = createGrpcTransport({ baseUrl: `http://${address}` });
    const client = createClient(await pricing(), transport) as unknown as Pricing;
    const requestFor = (id: number) => ({ productId: BigInt(id), ...terms });
    return {
      price: (id) => client.getPrice(requestFor(id)),
      batch: async (ids) => (await client.getPricesBatch({ requests: ids.map(requestFor) })).prices,
    };
  },
};
export default peer;

async function pricing(): Promise<DescService> {
  const { PricingService } = (await import(protobufEs('pricing'))) as { PricingService: DescService };
  return PricingService;
}
