/**
 * Protocol Buffers' wire format (https://protobuf.dev/programming-guides/encoding/): what generated code calls.
 * `encode`, `decode` and the types are for everyone; `Reader` and `Writer` are for generated code.
 */
import { endianness } from 'node:os';

type Scalar = string | number | bigint | boolean | Uint8Array | undefined;

/** A message to be sent: any part of it, at any depth; what is left out is proto3's default. */
export type Init<T> = T extends Scalar
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Init<Item>[]
    : { readonly [Key in keyof T]?: Init<T[Key]> };

/** The codec of one message type. */
export interface MessageType<T> {
  /** Full name: package and message, `ecommerce.Money`. */
  readonly name: string;
  /** The whole message: what `init` leaves out gets its default, an absent message `undefined`. */
  create(init: Init<T>): T;
  /** Writes the message's fields; `encode` is the way in. */
  encode(message: Init<T>, writer: Writer): void;
  /** Reads fields up to position `end`; `decode` is the way in. */
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
  /** The proto's `idempotency_level`: whether a repeat is harmless. */
  readonly idempotency: 'UNKNOWN' | 'NO_SIDE_EFFECTS' | 'IDEMPOTENT';
}

/** A service and its RPCs, by their names in TypeScript (`getPrice`). */
export interface ServiceDefinition {
  /** Full name: package and service, `ecommerce.PricingService`. */
  readonly name: string;
  readonly methods: Readonly<Record<string, MethodDefinition>>;
}

/** The whole message that `init` stands for, defaults filled in. */
export function create<T>(type: MessageType<T>, init: Init<NoInfer<T>>): T {
  return type.create(init);
}

/**
 * The message's bytes, in a buffer of the caller's own. Fields at their default are left out.
 * Throws RangeError for an integer outside its type, TypeError for a value of another type.
 */
export function encode<T>(type: MessageType<T>, message: Init<NoInfer<T>>): Buffer {
  writer.position = 0;
  type.encode(message, writer);
  const size = writer.position;
  if (size <= writer.buffer.length) return Buffer.from(writer.buffer.subarray(0, size));
  // A typed array drops what is written past its end, so now only the size is known: once more, into that size.
  const large = new Writer(size);
  type.encode(message, large);
  return large.buffer;
}

/**
 * The message that the bytes hold, with every field: defaults for those not sent. Unknown fields are skipped;
 * of a singular field sent twice the last one counts. Throws RangeError for bytes that are no message.
 */
export function decode<T>(type: MessageType<T>, bytes: Uint8Array): T {
  return type.decode(new Reader(bytes), bytes.length);
}

const pair = new Uint32Array(2);
const float64 = new Float64Array(pair.buffer);
const float32 = new Float32Array(pair.buffer, 0, 1);
const int64 = new BigInt64Array(pair.buffer);
const uint64 = new BigUint64Array(pair.buffer);
/** Where the low and the high half of a 64-bit number stand in `pair`. */
const [LOW, HIGH] = endianness() === 'LE' ? ([0, 1] as const) : ([1, 0] as const);

/** Whether proto3 sends this float: all but absent and +0; -0 and NaN are sent. */
export function isSet(value: number | undefined): value is number {
  return value !== undefined && !Object.is(value, 0);
}

/** Appends to `buffer`; what falls past its end is dropped, only `position` tells. */
export class Writer {
  readonly buffer: Buffer;
  position = 0;

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafeSlow(size);
  }

  /** A field's tag: its number times 8, plus its wire type. */
  tag(tag: number): this {
    if (tag < 128) this.buffer[this.position++] = tag;
    else this.#varint(tag, 0);
    return this;
  }

  /** Starts a length-delimited field, with one byte kept for its length. Gives what `close` needs. */
  open(tag: number): number {
    this.tag(tag);
    return ++this.position;
  }

  close(start: number): void {
    const length = this.position - start;
    const longer = lengthOfVarint(length) - 1;
    if (longer > 0) this.buffer.copyWithin(start + longer, start, this.position);
    this.position = start - 1;
    this.#varint(length, 0);
    this.position += length;
  }

  bool(value: boolean): void {
    this.buffer[this.position++] = value ? 1 : 0;
  }

  int32(value: number): void {
    if (value !== (value | 0)) throw new RangeError(`${value} is no int32`);
    this.#varint(value, value >> 31);
  }

  uint32(value: number): void {
    if (value !== value >>> 0) throw new RangeError(`${value} is no uint32`);
    this.#varint(value, 0);
  }

  sint32(value: number): void {
    if (value !== (value | 0)) throw new RangeError(`${value} is no sint32`);
    this.#varint((value << 1) ^ (value >> 31), 0);
  }

  int64(value: bigint): void {
    int64[0] = value;
    if (int64[0] !== value) throw new RangeError(`${value} is no int64`);
    this.#varint(pair[LOW] as number, pair[HIGH] as number);
  }

  uint64(value: bigint): void {
    uint64[0] = value;
    if (uint64[0] !== value) throw new RangeError(`${value} is no uint64`);
    this.#varint(pair[LOW] as number, pair[HIGH] as number);
  }

  sint64(value: bigint): void {
    int64[0] = value;
    if (int64[0] !== value) throw new RangeError(`${value} is no sint64`);
    const low = pair[LOW] as number;
    const high = pair[HIGH] as number;
    const sign = (high | 0) >> 31;
    this.#varint((low << 1) ^ sign, ((high << 1) | (low >>> 31)) ^ sign);
  }

  double(value: number): void {
    float64[0] = value;
    this.#fixed32(pair[LOW] as number);
    this.#fixed32(pair[HIGH] as number);
  }

  float(value: number): void {
    float32[0] = value;
    this.#fixed32(pair[0] as number);
  }

  /** A lone surrogate goes out as U+FFFD: UTF-8 has no form for it. */
  string(value: string): void {
    const { buffer } = this;
    const { length } = value;
    if (length < 32) {
      let position = this.position;
      buffer[position++] = length;
      for (let i = 0; i < length; i++) {
        const code = value.charCodeAt(i);
        if (code > 127) return this.#utf8(value);
        buffer[position++] = code;
      }
      this.position = position;
    } else this.#utf8(value);
  }

  #utf8(value: string): void {
    const size = Buffer.byteLength(value);
    this.#varint(size, 0);
    if (this.position + size <= this.buffer.length) this.buffer.write(value, this.position);
    this.position += size;
  }

  bytes(value: Uint8Array): void {
    this.#varint(value.length, 0);
    if (this.position + value.length <= this.buffer.length) this.buffer.set(value, this.position);
    this.position += value.length;
  }

  #fixed32(value: number): void {
    const { buffer, position } = this;
    buffer[position] = value;
    buffer[position + 1] = value >>> 8;
    buffer[position + 2] = value >>> 16;
    buffer[position + 3] = value >>> 24;
    this.position = position + 4;
  }

  #varint(low: number, high: number): void {
    const { buffer } = this;
    let position = this.position;
    while (high !== 0) {
      buffer[position++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    low >>>= 0;
    while (low > 127) {
      buffer[position++] = (low & 127) | 128;
      low >>>= 7;
    }
    buffer[position++] = low;
    this.position = position;
  }
}

const writer = new Writer(256 * 1024);

function lengthOfVarint(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5;
}

/** Messages nested deeper than this are refused, as in the other languages' libraries. */
const MAX_DEPTH = 100;

/** Repeated short ASCII strings (currencies, segments, warehouses) by hash: found, they cost no new string. */
const recent: string[] = new Array(1024).fill('');

/** Reads from `bytes`, never past their end. */
export class Reader {
  position = 0;
  readonly #bytes: Buffer;
  #depth = 0;
  #high = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  tag(): number {
    const low = this.#varint();
    if (this.#high !== 0) throw new RangeError(`no field number at byte ${this.position}`);
    return low;
  }

  /** Starts a length-delimited field and gives the position of its end. */
  open(): number {
    if (++this.#depth > MAX_DEPTH) throw new RangeError(`nested deeper than ${MAX_DEPTH} messages`);
    return this.#end();
  }

  /** Ends what `open` started. */
  close(end: number): void {
    this.#depth--;
    if (this.position !== end) throw new RangeError(`a field runs over its message's end at byte ${end}`);
  }

  /** Skips an unknown field. */
  skip(tag: number): void {
    const wireType = tag & 7;
    if (tag < 8) throw new RangeError(`no field number at byte ${this.position}`);
    if (wireType === 0) this.#varint();
    else if (wireType === 1) this.#take(8);
    else if (wireType === 2) this.position = this.#end();
    else if (wireType === 5) this.#take(4);
    else throw new RangeError(`wire type ${wireType} of field ${tag >>> 3} is not supported`);
  }

  bool(): boolean {
    const low = this.#varint();
    return low !== 0 || this.#high !== 0;
  }

  int32(): number {
    return this.#varint() | 0;
  }

  uint32(): number {
    return this.#varint();
  }

  sint32(): number {
    const low = this.#varint();
    return (low >>> 1) ^ -(low & 1);
  }

  int64(): bigint {
    pair[LOW] = this.#varint();
    pair[HIGH] = this.#high;
    return int64[0] as bigint;
  }

  uint64(): bigint {
    pair[LOW] = this.#varint();
    pair[HIGH] = this.#high;
    return uint64[0] as bigint;
  }

  sint64(): bigint {
    const low = this.#varint();
    const sign = -(low & 1);
    pair[LOW] = ((low >>> 1) | (this.#high << 31)) ^ sign;
    pair[HIGH] = (this.#high >>> 1) ^ sign;
    return int64[0] as bigint;
  }

  double(): number {
    const start = this.#take(8);
    pair[LOW] = this.#fixed32(start);
    pair[HIGH] = this.#fixed32(start + 4);
    return float64[0] as number;
  }

  float(): number {
    pair[0] = this.#fixed32(this.#take(4));
    return float32[0] as number;
  }

  string(): string {
    const bytes = this.#bytes;
    const end = this.#end();
    const start = this.position;
    this.position = end;
    if (end - start > 16) return bytes.toString('utf8', start, end);
    let hash = end - start;
    for (let i = start; i < end; i++) {
      const code = bytes[i] as number;
      if (code > 127) return bytes.toString('utf8', start, end);
      hash = (hash * 31 + code) & 1023;
    }
    const known = recent[hash] as string;
    if (known.length === end - start) {
      let i = start;
      while (i < end && known.charCodeAt(i - start) === bytes[i]) i++;
      if (i === end) return known;
    }
    return (recent[hash] = bytes.toString('latin1', start, end));
  }

  /** A copy, so that it does not keep the whole message in memory. */
  bytes(): Uint8Array {
    const end = this.#end();
    const copy = Uint8Array.prototype.slice.call(this.#bytes, this.position, end);
    this.position = end;
    return copy;
  }

  /** The end of what a length announces. */
  #end(): number {
    const length = this.#varint();
    const end = this.position + length;
    if (this.#high !== 0 || end > this.#bytes.length) throw truncated(this.#bytes.length);
    return end;
  }

  #take(size: number): number {
    const start = this.position;
    if (start + size > this.#bytes.length) throw truncated(this.#bytes.length);
    this.position = start + size;
    return start;
  }

  #fixed32(start: number): number {
    const b = this.#bytes;
    return (
      (b[start] as number) |
      ((b[start + 1] as number) << 8) |
      ((b[start + 2] as number) << 16) |
      ((b[start + 3] as number) << 24)
    );
  }

  /** The low 32 bits; the high ones are left in `#high`. */
  #varint(): number {
    const bytes = this.#bytes;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.position >= bytes.length) throw truncated(bytes.length);
      const byte = bytes[this.position++] as number;
      const bits = byte & 127;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 128) {
        this.#high = high >>> 0;
        return low >>> 0;
      }
    }
    throw new RangeError(`a varint longer than 10 bytes at byte ${this.position}`);
  }
}

function truncated(length: number): RangeError {
  return new RangeError(`the message ends too early, after ${length} bytes`);
}
