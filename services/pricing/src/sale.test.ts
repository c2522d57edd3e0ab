import { Code } from '@hotpath/rpc';
import { expect, test } from 'vitest';
import { toSale } from './sale.ts';

const now = new Date('2026-03-01T12:00:00.250Z');
const at = (ms: number) => BigInt(now.getTime() + ms);
const days = (count: number) => count * 24 * 60 * 60 * 1000;
const request = (fields: object) => ({
  requestId: 'r',
  productIds: [1n],
  percentOff: 20,
  startsAtMs: 0n,
  endsAtMs: at(1_000),
  ...fields,
});
const refusal = (field: string) =>
  expect.objectContaining({ code: Code.INVALID_ARGUMENT, message: expect.stringContaining(field) });

test('a start that is 0 or past is now', () => {
  for (const startsAtMs of [0n, -5n, at(-1), at(0)]) {
    expect(toSale(request({ startsAtMs }), now).startsAt).toEqual(now);
  }
  expect(toSale(request({ startsAtMs: at(1) }), now).startsAt.getTime()).toBe(now.getTime() + 1);
});

test('products count once, and 1 to 500 of them are allowed', () => {
  expect(toSale(request({ productIds: [3n, 1n, 3n] }), now).productIds).toEqual([3n, 1n]);
  const ids = Array.from({ length: 501 }, (_, i) => BigInt(i + 1));
  expect(
    toSale(request({ productIds: [...ids.slice(0, 500), ...ids.slice(0, 500)] }), now).productIds,
  ).toHaveLength(500);
  for (const productIds of [[], ids]) {
    expect(() => toSale(request({ productIds }), now)).toThrow(refusal('product_ids'));
  }
  for (const id of [0n, -1n]) {
    expect(() => toSale(request({ productIds: [1n, id] }), now)).toThrow(refusal('product_ids'));
  }
});

test('the percentage is a whole one from 1 to 99', () => {
  for (const percentOff of [1, 99]) expect(toSale(request({ percentOff }), now).percentOff).toBe(percentOff);
  for (const percentOff of [0, -1, 100, 2 ** 31 - 1]) {
    expect(() => toSale(request({ percentOff }), now)).toThrow(refusal('percent_off'));
  }
});

test('the end comes after start and now and within 366 days', () => {
  for (const endsAtMs of [at(1), at(days(366))]) {
    expect(toSale(request({ endsAtMs }), now).endsAt.getTime()).toBe(Number(endsAtMs));
  }
  for (const endsAtMs of [0n, -1n, at(0), at(-1), at(days(366) + 1), 2n ** 63n - 1n]) {
    expect(() => toSale(request({ endsAtMs }), now)).toThrow(refusal('ends_at_ms'));
  }
  expect(() => toSale(request({ startsAtMs: at(10), endsAtMs: at(10) }), now)).toThrow(refusal('ends_at_ms'));
});
