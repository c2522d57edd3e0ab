import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode, encode } from './codec.ts';
import { BatchPriceResponse, Money, PriceResponse, QuoteCartResponse, StartSaleRequest } from './index.ts';

const price = {
  productId: 2n ** 63n - 1n,
  basePrice: 19.99,
  discountedPrice: 17.99,
  isOnSale: true,
  saleEndsAt: 1_800_000_000n,
  currency: 'INR',
};

test.each([
  ['a tag cut off', '80', 'cut off'],
  ['a number cut off', '08ff', 'cut off'],
  ['a double cut off', '11000000', 'cut off'],
  ['a string cut off', '3203494e', 'cut off'],
  ['a length of 4 GiB', '32ffffffff0f', 'cut off'],
  ['a length of 2^63', '32ffffffffffffffff7f', 'cut off'],
  ['a length of 2^32 + 1', '32818080801041', 'cut off'],
  ['a number of 11 bytes', '08ffffffffffffffffffff01', 'longer than 10 bytes'],
  ['a field number 0', '00', 'not a field number'],
  ['a field number over 32 bits', 'ffffffffff7f00', 'not a field number'],
  ['a group', '0b0c', 'wire type 3 of field 1'],
  ["a group's end", '0c', 'wire type 4 of field 1'],
  ['wire type 6', '0e', 'wire type 6 of field 1'],
  ['an unknown fixed32 cut off', '7d0000', 'cut off'],
  ['an unknown string cut off', '7a05', 'cut off'],
])('%s is refused', (_, hex, message) => {
  const bytes = Buffer.from(hex, 'hex');
  expect(() => decode(PriceResponse, bytes)).toThrow(RangeError);
  expect(() => decode(PriceResponse, bytes)).toThrow(message);
});

test("a field may not run past its message's end into the next one", () => {
  expect(() => decode(BatchPriceResponse, Buffer.from('0a0108010a00', 'hex'))).toThrow(
    "past its message's end",
  );
  expect(() => decode(StartSaleRequest, Buffer.from('120180011801', 'hex'))).toThrow(
    "past its message's end",
  );
});

test('unknown fields of every wire type are skipped, and a known field of another wire type is unknown', () => {
  const unknown = '78ff01' + '790000000000000000' + '7a03000000' + '7d00000000' + '0a0141' + '3001';
  const bytes = Buffer.concat([
    Buffer.from(unknown, 'hex'),
    encode(PriceResponse, price),
    Buffer.from(unknown, 'hex'),
  ]);
  expect(decode(PriceResponse, bytes)).toEqual(price);
});

test('of a field sent twice the last one counts', () => {
  const twice = Buffer.concat([encode(Money, { minorUnits: 1n }), encode(Money, { minorUnits: 2n })]);
  expect(decode(Money, twice).minorUnits).toBe(2n);
});

test('integers are read as the other languages do: 32 bits of a longer number, numbers longer than needed', () => {
  expect(decode(Money, Buffer.from('08818000', 'hex')).minorUnits).toBe(1n);
  expect(decode(PriceResponse, Buffer.from('20808080808001', 'hex')).isOnSale).toBe(true);
  const quantity = Buffer.from('0a071081808080f001', 'hex');
  expect(decode(QuoteCartResponse, quantity).lines[0]?.quantity).toBe(1);
});

test('bytes that are no UTF-8 become U+FFFD', () => {
  expect(decode(Money, Buffer.from('1202ff41', 'hex')).currency).toBe('\ufffdA');
});

test('a plain Uint8Array within a larger one reads as itself', () => {
  const bytes = encode(PriceResponse, price);
  const larger = new Uint8Array(bytes.length + 20).fill(0xff);
  larger.set(bytes, 10);
  expect(decode(PriceResponse, larger.subarray(10, 10 + bytes.length))).toEqual(price);
});

test('any bytes give a message or a RangeError, whatever lies around them', () => {
  const valid = [
    [BatchPriceResponse, encode(BatchPriceResponse, { prices: [price, price], errors: [{ message: 'no' }] })],
    [
      QuoteCartResponse,
      encode(QuoteCartResponse, { lines: [{ unitPrice: { minorUnits: 5n } }], reason: 'changed' }),
    ],
    [StartSaleRequest, encode(StartSaleRequest, { productIds: [1n, -1n], percentOff: 10 })],
  ] as const;
  const outcome = (type: (typeof valid)[number][0], bytes: Uint8Array) => {
    try {
      return type.decode.name && decode<unknown>(type, bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      return String(error);
    }
  };
  const change = fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.nat(3) });
  const mutated = fc
    .tuple(fc.constantFrom(...valid), fc.array(change, { maxLength: 4 }))
    .map(([[type, bytes], changes]) => {
      let result = Buffer.from(bytes);
      for (const { at, byte, cut } of changes) {
        result[at % result.length] = byte;
        if (cut === 0) result = result.subarray(0, Math.max(1, at % result.length));
      }
      return [type, result] as const;
    });
  const random = fc.tuple(fc.constantFrom(...valid.map(([type]) => type)), fc.uint8Array({ maxLength: 60 }));
  fc.assert(
    fc.property(fc.oneof(mutated, random), fc.nat(255), ([type, bytes], around) => {
      const larger = new Uint8Array(bytes.length + 32).fill(around);
      larger.set(bytes, 16);
      expect(outcome(type, larger.subarray(16, 16 + bytes.length))).toEqual(outcome(type, bytes));
    }),
    { numRuns: 5_000 },
  );
});
