import { float32, float64, HIGH, halves, int64, LOW, uint64 } from './bits.ts';

/** Longer strings are quicker to convert natively than letter by letter. */
const SHORT = 32;

/**
 * Writes Protocol Buffers' wire format (https://protobuf.dev/programming-guides/encoding/), for generated code.
 * What does not fit into its buffer is dropped and counted in `position`, so nothing is checked byte by byte.
 */
export class Writer {
  readonly buffer: Buffer;
  position = 0;

  /** `size` in bytes. */
  constructor(size: number) {
    this.buffer = Buffer.allocUnsafeSlow(size);
  }

  /** Starts a field. A tag is the field's number times 8 plus its wire type. */
  tag(tag: number): this {
    if (tag < 128) this.buffer[this.position++] = tag;
    else this.#varint(tag, 0);
    return this;
  }

  /** Starts a nested message or packed numbers, one byte left for their length; gives what `close` takes. */
  open(tag: number): number {
    this.tag(tag);
    return ++this.position;
  }

  /** Ends them: writes their length, and moves them where it takes more than that byte. */
  close(start: number): void {
    const end = this.position;
    this.position = start - 1;
    if (end - start < 128) {
      this.buffer[start - 1] = end - start;
      this.position = end;
      return;
    }
    const size = end - start < 1 << 14 ? 2 : end - start < 1 << 21 ? 3 : end - start < 1 << 28 ? 4 : 5;
    this.buffer.copyWithin(start - 1 + size, start, end);
    this.#varint(end - start, 0);
    this.position += end - start;
  }

  bool(value: boolean): void {
    this.buffer[this.position++] = value ? 1 : 0;
  }

  int32(value: number): void {
    if (value !== (value | 0)) throw new RangeError(`${value} is not an int32`);
    this.#varint(value, value >> 31);
  }

  uint32(value: number): void {
    if (value !== value >>> 0) throw new RangeError(`${value} is not a uint32`);
    this.#varint(value, 0);
  }

  sint32(value: number): void {
    if (value !== (value | 0)) throw new RangeError(`${value} is not a sint32`);
    this.#varint((value << 1) ^ (value >> 31), 0);
  }

  int64(value: bigint): void {
    int64[0] = value;
    if (int64[0] !== value) throw new RangeError(`${value} is not an int64`);
    this.#varint(halves[LOW] as number, halves[HIGH] as number);
  }

  uint64(value: bigint): void {
    uint64[0] = value;
    if (uint64[0] !== value) throw new RangeError(`${value} is not a uint64`);
    this.#varint(halves[LOW] as number, halves[HIGH] as number);
  }

  sint64(value: bigint): void {
    this.uint64((value << 1n) ^ (value >> 63n));
  }

  float(value: number): void {
    float32[0] = value;
    this.#fixed32(halves[0] as number);
  }

  double(value: number): void {
    float64[0] = value;
    this.#fixed32(halves[LOW] as number);
    this.#fixed32(halves[HIGH] as number);
  }

  /** UTF-8 has no form for a lone surrogate: it becomes U+FFFD. */
  string(value: string): void {
    const { buffer, position } = this;
    const { length } = value;
    let index = 0;
    if (length < SHORT) {
      for (; index < length; index++) {
        const code = value.charCodeAt(index);
        if (code > 127) break;
        buffer[position + 1 + index] = code;
      }
    }
    if (index === length) {
      buffer[position] = length;
      this.position = position + 1 + length;
      return;
    }
    const size = Buffer.byteLength(value);
    this.#varint(size, 0);
    if (this.position + size <= buffer.length) buffer.write(value, this.position);
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

  /** Seven bits a byte, the lowest first; `high` and `low` are the number's 32-bit halves. */
  #varint(low: number, high: number): void {
    const { buffer } = this;
    let position = this.position;
    for (; high !== 0; high >>>= 7) {
      buffer[position++] = low | 128;
      low = (low >>> 7) | (high << 25);
    }
    for (low >>>= 0; low > 127; low >>>= 7) buffer[position++] = low | 128;
    buffer[position++] = low;
    this.position = position;
  }
}
