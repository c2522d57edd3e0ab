import { expect, test } from 'vitest';
import { latencyOf } from './latency.ts';

const took = (ms: number) => ({ id: String(ms), dueAt: 0, ms, result: 'OK' });

test('percentiles are exact to a thousandth, from microseconds to minutes', () => {
  const outcomes = Array.from({ length: 1_000 }, (_, i) => took((i + 1) / 10));
  const latency = latencyOf([...outcomes, took(120_000)]);
  expect(latency?.p50).toBeCloseTo(50, 0);
  expect(latency?.p99).toBeGreaterThan(98.9);
  expect(latency?.p99).toBeLessThan(99.3);
  expect(latency?.max).toBeGreaterThanOrEqual(120_000);
  expect(latency?.max).toBeLessThan(120_000 * 1.001);
});

test('there is no latency where nothing was sent', () => {
  expect(latencyOf([])).toBeUndefined();
});
