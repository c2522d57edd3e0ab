import fc from 'fast-check';
import protobuf from 'protobufjs';
import { camelCase } from '../generator/names.ts';
import type { Init } from '../src/codec.ts';

type Message = Init<Record<string, unknown>>;

const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/** Values of each scalar type, with its extremes; strings with every UTF-16 unit, lone surrogates too. */
const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  double: fc.double(),
  float: fc.float(),
  int32: fc.oneof(fc.integer(), fc.constantFrom(-1, 2 ** 31 - 1, -(2 ** 31))),
  sint32: fc.oneof(fc.integer(), fc.constantFrom(-1, 2 ** 31 - 1, -(2 ** 31))),
  uint32: fc.oneof(fc.nat(), fc.constantFrom(2 ** 31, 2 ** 32 - 1)),
  int64: fc.oneof(
    fc.bigInt({ min: -MAX_INT64 - 1n, max: MAX_INT64 }),
    fc.constantFrom(-1n, MAX_INT64, -MAX_INT64 - 1n),
  ),
  sint64: fc.oneof(
    fc.bigInt({ min: -MAX_INT64 - 1n, max: MAX_INT64 }),
    fc.constantFrom(MAX_INT64, -MAX_INT64 - 1n),
  ),
  uint64: fc.oneof(fc.bigInt({ min: 0n, max: MAX_UINT64 }), fc.constantFrom(MAX_INT64 + 1n, MAX_UINT64)),
  bool: fc.boolean(),
  string: fc.oneof(
    fc.constantFrom('INR', 'vip', 'in-bom-1', '__proto__', '\0', '\ud800'),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 200 }),
  ),
  bytes: fc.uint8Array(),
};

/** What a sender may give for a message of that type: fields may be left out. */
export function initOf(type: protobuf.Type, depth = 0): fc.Arbitrary<Message> {
  const fields = type.fieldsArray.filter(
    (field) => depth < 3 || !(field.resolvedType instanceof protobuf.Type),
  );
  const values = fields.map((field) => {
    const one = valuesOf(field, depth);
    return [camelCase(field.name), field.repeated ? fc.array(one, { maxLength: 4 }) : one] as const;
  });
  return fc.record(Object.fromEntries(values), { requiredKeys: [] }) as fc.Arbitrary<Message>;
}

function valuesOf(field: protobuf.Field, depth: number): fc.Arbitrary<unknown> {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Type) return initOf(resolvedType, depth + 1);
  if (resolvedType) return fc.oneof(fc.constantFrom(...Object.values(resolvedType.values)), fc.constant(99));
  const arbitrary = scalars[field.type];
  if (!arbitrary) throw new Error(`no values for type ${field.type}`);
  return arbitrary;
}

/**
 * A message in the form that ours and protobufjs' have in common: 64-bit integers as strings, absent messages as
 * undefined, and strings as they arrive, since UTF-8 has no form for lone surrogates.
 */
export function common(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return value.toWellFormed();
  if (value === null) return undefined;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(common);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, common(item)]));
}
