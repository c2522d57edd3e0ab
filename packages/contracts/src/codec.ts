import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** A message to send: any part of it, at any depth. What is left out has proto3's default. */
export type Init<T> = T extends string | number | bigint | boolean | Uint8Array | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Init<Item>[]
    : { readonly [Key in keyof T]?: Init<T[Key]> };

/** The codec of one message type. Call it through `create`, `encode` and `decode`. */
export interface MessageType<T> {
  /** Package and message, `ecommerce.Money`. */
  readonly name: string;
  create(init: Init<T>): T;
  encode(message: Init<T>, writer: Writer): void;
  /** Reads up to position `end`. */
  decode(reader: Reader, end: number): T;
}

/** One RPC of a service. */
export interface MethodDefinition<Request = unknown, Response = unknown> {
  /** Its name in the proto, `GetPrice`. */
  readonly name: string;
  /** The HTTP/2 path, `/ecommerce.PricingService/GetPrice`. */
  readonly path: string;
  /** Who streams: nobody, the server, the client, or both. */
  readonly kind: 'unary' | 'serverStream' | 'clientStream' | 'bidi';
  readonly request: MessageType<Request>;
  readonly response: MessageType<Response>;
  /** The proto's `idempotency_level`: whether a repeat does harm. */
  readonly idempotency: 'UNKNOWN' | 'NO_SIDE_EFFECTS' | 'IDEMPOTENT';
}

/** A service and its RPCs, by their names in TypeScript (`getPrice`). */
export interface ServiceDefinition {
  /** Package and service, `ecommerce.PricingService`. */
  readonly name: string;
  /** Its gRPC service config: the time budgets and retries of its RPCs. */
  readonly serviceConfig: object;
  readonly methods: Readonly<Record<string, MethodDefinition>>;
}

/** For generated code: whether a number goes out. +0 is the default; -0 and NaN are not, if only to be refused. */
export function isSet(value: number | undefined): value is number {
  return value !== undefined && !Object.is(value, 0);
}

/** The whole message: defaults for what `init` leaves out, `undefined` for an absent message. */
export function create<T>(type: MessageType<T>, init: Init<NoInfer<T>>): T {
  return type.create(init);
}

/** Every message up to this size, in bytes, is written once and copied from here. */
const scratch = new Writer(256 * 1024);

/**
 * The message's bytes, in a buffer of the caller's own. Throws RangeError for an integer that its type cannot
 * hold, TypeError for a value of another type.
 */
export function encode<T>(type: MessageType<T>, message: Init<NoInfer<T>>): Buffer {
  scratch.position = 0;
  type.encode(message, scratch);
  const size = scratch.position;
  if (size <= scratch.buffer.length) return Buffer.from(scratch.buffer.subarray(0, size));
  const large = new Writer(size);
  type.encode(message, large);
  return large.buffer;
}

/**
 * The message in the bytes, every field present. Unknown fields are dropped; of a singular field sent twice the
 * last one counts. Throws RangeError where the bytes are no message of that type.
 */
export function decode<T>(type: MessageType<T>, bytes: Uint8Array): T {
  return type.decode(new Reader(bytes), bytes.length);
}
