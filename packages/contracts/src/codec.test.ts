import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { afterAll, describe, expect, test } from 'vitest';
import { loadProtos } from '../generator/load.ts';
import { fullName, typeName } from '../generator/names.ts';
import { initOf } from '../testing/arbitrary.ts';
import { type AnyMessage, expectCrossing } from '../testing/crossing.ts';
import { everythingProtos, generateInto } from '../testing/everything.ts';
import { create, decode, encode } from './codec.ts';
import * as contracts from './index.ts';
import { BatchPriceResponse, CartLine, Money, PriceResponse, User } from './index.ts';

const protos = fileURLToPath(new URL('../../../protos', import.meta.url));
const codecs = contracts as unknown as Record<string, AnyMessage>;
const files = loadProtos(protos);
const messages = files.flatMap((file) => file.messages);

describe('each message of the contract, across to protobufjs and back', () => {
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => join(protos, target);
  root.loadSync(files.map(({ name }) => `${name}.proto`)).resolveAll();

  test.each(messages.map((message) => [fullName(message), typeName(message)]))('%s', (name, key) => {
    expect(codecs[key]?.name).toBe(name);
    expectCrossing(codecs[key] as AnyMessage, root.lookupType(name), 50);
  });
});

describe('every kind of field', async () => {
  const project = generateInto(everythingProtos);
  afterAll(() => rmSync(project, { recursive: true }));
  const { Everything, Everything_Inner_Colour: colours } = await import(
    join(project, 'src/generated/index.ts')
  );
  const source = readFileSync(join(everythingProtos, 'everything.proto'), 'utf8');
  const typeIn = (text: string) => protobuf.parse(text).root.resolveAll().lookupType('testing.Everything');

  test('across to protobufjs and back', () => expectCrossing(Everything, typeIn(source), 200));

  test('packed where declared unpacked, and the other way', () => {
    const numbers = /(repeated (?!string|bytes|Inner )[\w.]+ \w+ = \d+)( \[packed = false\])?;/g;
    const turned = source.replace(
      numbers,
      (_, field, unpacked) => `${field}${unpacked ? '' : ' [packed = false]'};`,
    );
    expect(turned.match(/packed = false/g)).toHaveLength(11);
    expectCrossing(Everything, typeIn(turned), 100);
  });

  test('nested up to 100 deep, and no deeper', () => {
    const nested = (depth: number): object => (depth === 0 ? { end: 7 } : { itself: nested(depth - 1) });
    expect(decode(Everything, encode(Everything, nested(100)))).toMatchObject(nested(100));
    expect(() => decode(Everything, encode(Everything, nested(101)))).toThrow('deeper than 100');
  });

  test.each([
    { anInt32: -(2 ** 31) - 1 },
    { aUint32: -1 },
    { aUint32: 2 ** 32 },
    { aSint32: 2 ** 31 },
    { anInt64: 2n ** 63n },
    { aUint64: -1n },
    { aUint64: 2n ** 64n },
    { aSint64: 2n ** 63n },
    { aSint64: -(2n ** 63n) - 1n },
  ])('an integer outside its type is a RangeError: %o', (init) => {
    expect(() => encode(Everything, init)).toThrow(RangeError);
  });

  test('a negative int32 goes out as 10 bytes, so that it can become an int64', () => {
    expect(encode(Everything, { anInt32: -1 })).toHaveLength(11);
  });

  test('bytes and strings beyond the scratch buffer', () => {
    const init = { aBytes: new Uint8Array(300_000).fill(7), strings: ['x'.repeat(300_000), 'y'.repeat(40)] };
    expect(decode(Everything, encode(Everything, init))).toMatchObject(init);
  });

  test('decoded bytes are a copy', () => {
    const bytes = encode(Everything, { aBytes: new Uint8Array([1, 2, 3]) });
    const message = decode(Everything, bytes);
    bytes.fill(0);
    expect(message).toHaveProperty('aBytes', new Uint8Array([1, 2, 3]));
  });

  test('an enum without its prefix, where the rest is a name', () => {
    expect(colours).toEqual({ UNSPECIFIED: 0, RED: 1, COLOUR_2: 2, PURPLE: -1 });
  });

  test('read as another message, all its fields are unknown and skipped', () => {
    fc.assert(
      fc.property(initOf(typeIn(source)), (init) => {
        expect(decode(Money, encode(Everything, init))).toEqual(create(Money, {}));
      }),
    );
  });
});

test('a decoded message has every field, absent messages as undefined', () => {
  expect(decode(PriceResponse, new Uint8Array())).toStrictEqual({
    productId: 0n,
    basePrice: 0,
    discountedPrice: 0,
    isOnSale: false,
    saleEndsAt: 0n,
    currency: '',
  });
  expect(Object.keys(decode(CartLine, new Uint8Array()))).toContain('unitPrice');
});

test('create fills in defaults at every depth and shares no array with its argument', () => {
  const prices = [{ productId: 7n }];
  const made = create(BatchPriceResponse, { prices });
  expect(made.prices[0]?.currency).toBe('');
  expect(made.prices).not.toBe(prices);
});

test('a batch is as long as it likes', () => {
  const prices = Array.from({ length: 500 }, (_, index) => ({ productId: BigInt(index) }));
  const { prices: decoded } = decode(BatchPriceResponse, encode(BatchPriceResponse, { prices }));
  expect(decoded.map((price) => price.productId)).toEqual(prices.map((price) => price.productId));
});

test('defaults are not sent', () => {
  const init = { productId: 0n, quantity: 0, isOnSale: false, unitPrice: undefined, saleEndsAt: 0n };
  expect(encode(CartLine, init)).toHaveLength(0);
  expect(encode(CartLine, { unitPrice: { minorUnits: 0n, currency: '' } })).toHaveLength(2);
  expect(encode(PriceResponse, { basePrice: -0, discountedPrice: Number.NaN })).toHaveLength(18);
});

test('what was encoded stays as it was, whatever is encoded later', () => {
  const first = encode(User, { name: 'Asha' });
  const copy = Buffer.from(first);
  encode(User, { name: 'Bert' });
  expect(first).toEqual(copy);
});

test.each([0, 1, 127, 128, 16_383, 16_384, 262_143, 262_144, 2_097_151, 2_097_152, 5_000_000])(
  'a string of %i bytes within two messages, beyond the scratch buffer too',
  (size) => {
    const init = { lines: [{ basePrice: { minorUnits: 1n, currency: 'x'.repeat(size) } }], reason: 'after' };
    const bytes = encode(contracts.QuoteCartResponse, init);
    expect(decode(contracts.QuoteCartResponse, bytes)).toEqual(create(contracts.QuoteCartResponse, init));
  },
);

test.each([
  ['an int64 too large', Money, { minorUnits: 2n ** 63n }],
  ['an int64 too small', Money, { minorUnits: -(2n ** 63n) - 1n }],
  ['an int32 too large', CartLine, { quantity: 2 ** 31 }],
  ['a part of an integer', CartLine, { quantity: 1.5 }],
  ['no number', CartLine, { quantity: Number.NaN }],
])('%s is a RangeError, never another number', (_, type, init) => {
  expect(() => encode(type as unknown as AnyMessage, init)).toThrow(RangeError);
});

test.each([
  ['a number for an int64', Money, { minorUnits: 5 }],
  ['a number for a string', Money, { currency: 5 }],
])('%s is a TypeError', (_, type, init) => {
  expect(() => encode(type as unknown as AnyMessage, init)).toThrow(TypeError);
  expect(encode(Money, { minorUnits: 5n })).toHaveLength(2);
});
