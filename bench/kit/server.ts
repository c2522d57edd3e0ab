import { Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js';
import {
  type BatchPriceRequest,
  type BatchPriceResponse,
  decode,
  encode,
  type MessageType,
  type PriceRequest,
  type PriceResponse,
  PricingService,
} from '@hotpath/contracts';
import { implement, startServer } from '@hotpath/rpc';
import { rpcRecorder } from '@hotpath/telemetry';
import { batch } from '../codec/prices.ts';

/** Answers from memory: what is measured is the way of a call, not the work at its end. */
const prices = batch(0);
const priceOf = ({ productId }: PriceRequest): PriceResponse => ({
  ...(prices[Number(productId) % prices.length] as PriceResponse),
  productId,
});
const pricesOf = ({ requests }: BatchPriceRequest): BatchPriceResponse => ({
  prices: requests.map(priceOf),
  errors: [],
  position: 0n,
  holdsForMs: 0,
});

/** Serves the two reads of PricingService; returns the address. */
export const servers: Readonly<Record<string, () => Promise<string>>> = {
  async kit() {
    const unused = () => {
      throw new Error('not part of the benchmark');
    };
    const { address } = await startServer([
      implement(PricingService, {
        getPrice: priceOf,
        getPricesBatch: pricesOf,
        watchPrice: unused,
        watchChanges: unused,
        importPrices: unused,
        quoteCart: unused,
        setPrice: unused,
        startSale: unused,
        endSale: unused,
      }),
    ]);
    return address;
  },
  bare: () => bare(() => (answer) => answer()),
  /** Bare, with the kit's metrics and nothing else of it. */
  measured: () =>
    bare((path) => {
      const recorder = rpcRecorder('server', path.slice(1), false);
      return (answer) => {
        const startedAt = performance.now();
        recorder.start();
        answer();
        const ms = performance.now() - startedAt;
        recorder.end({ code: 'OK', peer: 'gateway', ms, budgetMs: 500, trace: undefined });
      };
    }),
};

/** The same on grpc-js alone. @param around makes for an RPC what runs around each answer */
function bare(around: (path: string) => (answer: () => void) => void): Promise<string> {
  const { getPrice, getPricesBatch } = PricingService.methods;
  const unary = <Request, Response>(
    { path, request, response }: Unary<Request, Response>,
    handler: (request: Request) => Response,
  ) => {
    const run = around(path);
    const definition = {
      path,
      requestStream: false as const,
      responseStream: false as const,
      requestSerialize: (message: Request) => encode(request, message as never),
      requestDeserialize: (bytes: Buffer) => decode(request, bytes),
      responseSerialize: (message: Response) => encode(response, message as never),
      responseDeserialize: (bytes: Buffer) => decode(response, bytes),
    };
    return {
      definition,
      handler: (call: { request: Request }, callback: (error: null, response: Response) => void) =>
        run(() => callback(null, handler(call.request))),
    };
  };
  const one = unary(getPrice, priceOf);
  const many = unary(getPricesBatch, pricesOf);
  const server = new GrpcServer();
  server.addService(
    { getPrice: one.definition, getPricesBatch: many.definition },
    { getPrice: one.handler, getPricesBatch: many.handler },
  );
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(`127.0.0.1:${port}`),
    );
  });
}

type Unary<Request, Response> = {
  readonly path: string;
  readonly request: MessageType<Request>;
  readonly response: MessageType<Response>;
};
