import { endianness } from 'node:os';

/** Eight bytes seen as each 64-bit type: the cheapest way between a bigint or a double and its bits. */
export const halves = new Uint32Array(2);
export const int64 = new BigInt64Array(halves.buffer);
export const uint64 = new BigUint64Array(halves.buffer);
export const float64 = new Float64Array(halves.buffer);
export const float32 = new Float32Array(halves.buffer, 0, 1);

/** Where in `halves` this machine keeps the low and the high 32 bits. */
export const [LOW, HIGH] = endianness() === 'LE' ? ([0, 1] as const) : ([1, 0] as const);
