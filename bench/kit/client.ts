import { credentials, Client as GrpcClient } from '@grpc/grpc-js';
import {
  decode,
  encode,
  type Init,
  type MessageType,
  type PriceResponse,
  PricingService,
} from '@hotpath/contracts';
import { coalesce, createClient, openChannel } from '@hotpath/rpc';

/** Products on a page of the shop: what a batch asks for. */
export const PAGE = 47;

/** What is measured: one call by number, and how many prices it brings. */
export type Workload = { readonly prices: number; call(number: number): Promise<unknown> };

/** The clients' sides, by name, each against a server's address. */
export const workloads: Readonly<Record<string, (address: string) => Workload>> = {
  'unary kit': (address) => {
    const client = kit(address);
    return { prices: 1, call: (number) => client.getPrice(one(number)) };
  },
  'unary bare': unaryBare,
  'unary measured': unaryBare,
  'coalesced kit': (address) => {
    const client = kit(address);
    const getPrice = coalesce<number, PriceResponse>({
      maxSize: 500,
      load: async (numbers) => (await client.getPricesBatch({ requests: numbers.map(one) })).prices,
    });
    return { prices: 1, call: getPrice };
  },
  'batch kit': (address) => {
    const client = kit(address);
    return { prices: PAGE, call: (number) => client.getPricesBatch(page(number)) };
  },
  'batch bare': (address) => {
    const getPricesBatch = bare(address, PricingService.methods.getPricesBatch);
    return { prices: PAGE, call: (number) => getPricesBatch(page(number)) };
  },
};

const id = (number: number) => BigInt(1 + (number % 10_000));
const one = (number: number) => ({ productId: id(number), currency: 'INR' });
const page = (number: number) => ({
  requests: Array.from({ length: PAGE }, (_, index) => one(number * PAGE + index)),
});

function kit(address: string) {
  return createClient(PricingService, openChannel(address, { serviceConfig: PricingService.serviceConfig }));
}

function unaryBare(address: string): Workload {
  const getPrice = bare(address, PricingService.methods.getPrice);
  return { prices: 1, call: (number) => getPrice(one(number)) };
}

/** A unary method on grpc-js alone. */
function bare<Request, Response>(
  address: string,
  method: {
    readonly path: string;
    readonly request: MessageType<Request>;
    readonly response: MessageType<Response>;
  },
): (request: Init<Request>) => Promise<Response> {
  const client = new GrpcClient(address, credentials.createInsecure());
  return (request) =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        method.path,
        (message: Init<Request>) => encode(method.request, message),
        (bytes) => decode(method.response, bytes),
        request,
        (error, response) => (error ? reject(error) : resolve(response as Response)),
      );
    });
}
