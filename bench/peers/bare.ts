import { credentials, Client as GrpcClient, Server as GrpcServer, type sendUnaryData } from '@grpc/grpc-js';
import {
  type BatchPriceRequest,
  BatchPriceResponse,
  create,
  decode,
  encode,
  type Init,
  type MethodDefinition,
  type PriceRequest,
  type PriceResponse,
  PricingService,
} from '@hotpath/contracts';
import { rpcRecorder } from '@hotpath/telemetry';
import { openStore, toMessage } from '../data.ts';
import type { Peer } from './peer.ts';
import { terms } from './peer.ts';
import { listen } from './proto-loader.ts';

const { getPrice, getPricesBatch } = PricingService.methods;

/** What runs around each answer of an RPC. */
type Around = (path: string) => (answer: () => void) => void;

/** grpc-js with our codecs and nothing else of the kit: what the kit is measured against. */
const grpcJs = (around: Around): Peer => ({
  serve({ delayMs }) {
    const store = openStore(delayMs);
    const one = async ({ productId }: PriceRequest) => toMessage(await store.one(Number(productId)));
    const many = async ({ requests }: BatchPriceRequest): Promise<BatchPriceResponse> =>
      create(BatchPriceResponse, {
        prices: (await store.many(requests.map(({ productId }) => Number(productId)))).map(toMessage),
      });
    const server = new GrpcServer();
    server.addService(
      { getPrice: definition(getPrice), getPricesBatch: definition(getPricesBatch) },
      {
        getPrice: handler(one, around(getPrice.path)),
        getPricesBatch: handler(many, around(getPricesBatch.path)),
      },
    );
    return listen(server);
  },
  connect(address) {
    const client = new GrpcClient(address, credentials.createInsecure());
    const one = unary<PriceRequest, PriceResponse>(client, getPrice);
    const many = unary<BatchPriceRequest, BatchPriceResponse>(client, getPricesBatch);
    const requestFor = (id: number) => ({ productId: BigInt(id), ...terms });
    return {
      price: (id) => one(requestFor(id)),
      batch: async (ids) => (await many({ requests: ids.map(requestFor) })).prices,
    };
  },
});

export const bare = grpcJs(() => (answer) => answer());

/** The same with the kit's metrics, and nothing else of it. */
export const measured = grpcJs((path) => {
  const recorder = rpcRecorder('server', path.slice(1), false);
  return (answer) => {
    const startedAt = performance.now();
    recorder.start();
    answer();
    const ms = performance.now() - startedAt;
    recorder.end({ code: 'OK', peer: 'gateway', ms, budgetMs: 500, trace: undefined });
  };
});

const definition = <Request, Response>(method: MethodDefinition<Request, Response>) => ({
  path: method.path,
  requestStream: false as const,
  responseStream: false as const,
  requestSerialize: (message: Request) => encode(method.request, message as Init<Request>),
  requestDeserialize: (bytes: Buffer) => decode(method.request, bytes),
  responseSerialize: (message: Response) => encode(method.response, message as Init<Response>),
  responseDeserialize: (bytes: Buffer) => decode(method.response, bytes),
});

const handler =
  <Request, Response>(answer: (request: Request) => Promise<Response>, run: ReturnType<Around>) =>
  async (call: { request: Request }, callback: sendUnaryData<Response>) => {
    const response = await answer(call.request);
    run(() => callback(null, response));
  };

function unary<Request, Response>(client: GrpcClient, method: MethodDefinition<Request, Response>) {
  return (request: Init<Request>) =>
    new Promise<Response>((resolve, reject) => {
      client.makeUnaryRequest(
        method.path,
        (message: Init<Request>) => encode(method.request, message),
        (bytes) => decode(method.response, bytes),
        request,
        (error, response) => (error ? reject(error) : resolve(response as Response)),
      );
    });
}
