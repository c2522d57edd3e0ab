import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';
import { BatchPriceResponse, decode, encode, PriceResponse } from '@hotpath/contracts';
import protobuf from 'protobufjs';
import { tsProto as tsProtoCode } from '../peers/generate.ts';

const protosFolder = fileURLToPath(new URL('../../protos', import.meta.url));

/** A codec of one price and of many, between bytes and the objects its users hold. */
export interface Candidate {
  /** A price as this codec's users hold it. */
  native(price: PriceResponse): unknown;
  encodeOne(price: unknown): Uint8Array;
  decodeOne(bytes: Buffer): unknown;
  encodeMany(prices: unknown[]): Uint8Array;
  decodeMany(bytes: Buffer): unknown[];
}

/** What makes each candidate, by name; a launch makes only the one it measures. */
export const candidates: Readonly<Record<string, () => Candidate | Promise<Candidate>>> = {
  'proto-loader': protoLoader,
  JSON: json,
  'ts-proto': tsProto,
  protobufjs: protobufJs,
  hotpath,
};

/** @grpc/proto-loader with the article's options: 64-bit integers are strings. */
function protoLoader(): Candidate {
  const options = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true };
  const loaded = loadSync(join(protosFolder, 'pricing.proto'), options);
  const service = loaded['ecommerce.PricingService'] as ServiceDefinition;
  const { responseSerialize: writeOne, responseDeserialize: readOne } = method(service, 'GetPrice');
  const { responseSerialize: writeMany, responseDeserialize: readMany } = method(service, 'GetPricesBatch');
  return {
    native: (price) => ({
      product_id: String(price.productId),
      base_price: price.basePrice,
      discounted_price: price.discountedPrice,
      is_on_sale: price.isOnSale,
      sale_ends_at: String(price.saleEndsAt),
      currency: price.currency,
    }),
    encodeOne: (price) => writeOne(price as object),
    decodeOne: (bytes) => readOne(bytes),
    encodeMany: (prices) => writeMany({ prices }),
    decodeMany: (bytes) => (readMany(bytes) as { prices: unknown[] }).prices,
  };
}

function method(service: ServiceDefinition, name: string) {
  const found = service[name];
  if (!found) throw new Error(`pricing.proto has no ${name}`);
  return found;
}

/** JSON as the gateway speaks it: 64-bit integers are strings. Bytes to bytes, like the others. */
function json(): Candidate {
  const write = (value: unknown) => Buffer.from(JSON.stringify(value));
  const read = (bytes: Buffer): unknown => JSON.parse(bytes.toString());
  return {
    native: (price) => ({
      ...price,
      productId: String(price.productId),
      saleEndsAt: String(price.saleEndsAt),
    }),
    encodeOne: write,
    decodeOne: read,
    encodeMany: (prices) => write({ prices }),
    decodeMany: (bytes) => (read(bytes) as { prices: unknown[] }).prices,
  };
}

/** protobufjs' own encode and decode, the code that its pbjs writes as static; 64-bit integers are Longs. */
function protobufJs(): Candidate {
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => join(protosFolder, target);
  root.loadSync('pricing.proto');
  const one = root.lookupType('ecommerce.PriceResponse');
  const many = root.lookupType('ecommerce.BatchPriceResponse');
  return {
    native: (price) =>
      one.fromObject({ ...price, productId: String(price.productId), saleEndsAt: String(price.saleEndsAt) }),
    encodeOne: (price) => one.encode(price as object).finish(),
    decodeOne: (bytes) => one.decode(bytes),
    encodeMany: (prices) => many.encode(many.create({ prices })).finish(),
    decodeMany: (bytes) => (many.decode(bytes) as unknown as { prices: unknown[] }).prices,
  };
}

/** ts-proto with forceLong=bigint. */
async function tsProto(): Promise<Candidate> {
  type Codec<T> = { encode(message: T): { finish(): Uint8Array }; decode(bytes: Uint8Array): T };
  const code: {
    PriceResponse: Codec<unknown>;
    BatchPriceResponse: Codec<{ prices: unknown[]; errors: unknown[]; position: bigint; holdsForMs: number }>;
  } = await import(tsProtoCode('pricing'));
  const { PriceResponse: one, BatchPriceResponse: many } = code;
  return {
    native: (price) => price,
    encodeOne: (price) => one.encode(price).finish(),
    decodeOne: (bytes) => one.decode(bytes),
    encodeMany: (prices) => many.encode({ prices, errors: [], position: 0n, holdsForMs: 0 }).finish(),
    decodeMany: (bytes) => many.decode(bytes).prices,
  };
}

/** packages/contracts. */
function hotpath(): Candidate {
  return {
    native: (price) => price,
    encodeOne: (price) => encode(PriceResponse, price as PriceResponse),
    decodeOne: (bytes) => decode(PriceResponse, bytes),
    encodeMany: (prices) => encode(BatchPriceResponse, { prices: prices as PriceResponse[] }),
    decodeMany: (bytes) => decode(BatchPriceResponse, bytes).prices,
  };
}
