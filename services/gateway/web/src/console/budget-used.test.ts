import { expect, test } from 'vitest';
import { callsIn, quantileOf, since, sumOf } from './budget-used.ts';

const buckets = (...counts: number[]) =>
  counts.map((calls, i) => ({ upTo: [0.1, 0.5, 1, null][i] ?? null, calls }));

test('a quantile lies between the bounds of its bucket', () => {
  expect(quantileOf(buckets(0, 10, 10, 10), 0.5)).toBeCloseTo(0.3);
  expect(quantileOf(buckets(10, 10, 10, 10), 1)).toBeCloseTo(0.1);
  expect(quantileOf(buckets(98, 98, 98, 100), 0.99)).toBe(Number.POSITIVE_INFINITY);
  expect(quantileOf(buckets(0, 0, 0, 0), 0.5)).toBeUndefined();
  expect(quantileOf([], 0.5)).toBeUndefined();
});

test('what was counted since is told, and all of it where the process began anew', () => {
  expect(since(buckets(5, 9, 9, 10), buckets(5, 5, 5, 6))).toEqual(buckets(0, 4, 4, 4));
  expect(since(buckets(1, 1, 1, 1), buckets(5, 5, 5, 6))).toEqual(buckets(1, 1, 1, 1));
  expect(callsIn(since(buckets(1, 1, 1, 2)))).toBe(2);
});

test('an edge is the sum of its RPCs; streams have none', () => {
  expect(sumOf([[], buckets(1, 2, 3, 4), buckets(1, 1, 1, 1)])).toEqual(buckets(2, 3, 4, 5));
  expect(sumOf([[]])).toEqual([]);
});
