import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Price } from '../check.ts';
import { openStore, type StoredPrice } from '../data.ts';
import type { Peer } from './peer.ts';

type Request = { readonly product_id: string | number; readonly currency: string };

/** What the article's code calls pricingProto.PricingService, with its own options. */
export function pricingConstructor(): grpc.ServiceClientConstructor {
  const proto = fileURLToPath(new URL('../../protos/pricing.proto', import.meta.url));
  const options = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true };
  const { ecommerce } = grpc.loadPackageDefinition(loadSync(proto, options)) as unknown as {
    ecommerce: { PricingService: grpc.ServiceClientConstructor };
  };
  return ecommerce.PricingService;
}

/** The article's "after": its server and its client, on our proto, which extends its own. */
export const protoLoader: Peer = {
  serve({ delayMs }) {
    const store = openStore(delayMs);
    const find = async ({ product_id }: Request) => toResponse(await store.one(Number(product_id)));
    const server = new grpc.Server();
    server.addService(pricingConstructor().service, {
      async GetPrice(call: grpc.ServerUnaryCall<Request, unknown>, callback: grpc.sendUnaryData<unknown>) {
        callback(null, await find(call.request));
      },
      async GetPricesBatch(
        call: grpc.ServerUnaryCall<{ requests: Request[] }, unknown>,
        callback: grpc.sendUnaryData<unknown>,
      ) {
        callback(null, { prices: await Promise.all(call.request.requests.map(find)) });
      },
    });
    return listen(server);
  },
  connect(address) {
    const client = new (pricingConstructor())(address, grpc.credentials.createInsecure());
    type Unary<Q, A> = (request: Q) => Promise<A>;
    const getPrice: Unary<Request, Price> = promisify(client.GetPrice?.bind(client) as never);
    const getPricesBatch: Unary<{ requests: Request[] }, { prices: Price[] }> = promisify(
      client.GetPricesBatch?.bind(client) as never,
    );
    const requestFor = (id: number) => ({ product_id: id, currency: 'INR', customer_segment: 'standard' });
    return {
      price: (id) => getPrice(requestFor(id)),
      batch: async (ids) => (await getPricesBatch({ requests: ids.map(requestFor) })).prices,
    };
  },
};

/** Listens on a free port of the loopback interface. @returns `host:port` */
export const listen = (server: grpc.Server): Promise<string> =>
  new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(`127.0.0.1:${port}`),
    );
  });

const toResponse = (price: StoredPrice) => ({
  product_id: price.productId,
  base_price: price.base,
  discounted_price: price.discounted,
  is_on_sale: price.isOnSale,
  sale_ends_at: price.saleEndsAt,
  currency: price.currency,
});
