import { expect, test } from 'vitest';
import { type Delay, delaySchema, drawDelay } from './fault-delay.ts';

const DRAWS = 20_000;

/** Mean, standard deviation and bounds of many draws. */
function moments(delay: Delay) {
  const all = Array.from({ length: DRAWS }, () => drawDelay(delay));
  const mean = all.reduce((sum, ms) => sum + ms, 0) / DRAWS;
  const deviation = Math.sqrt(all.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / DRAWS);
  return { mean, deviation, least: Math.min(...all), most: Math.max(...all) };
}

// The bounds lie more than six standard errors away.
test('a fixed delay is always the same, a uniform one lies in its bounds and nowhere more often', () => {
  expect(moments(70)).toMatchObject({ least: 70, most: 70 });
  const { mean, deviation, least, most } = moments({ uniform: [100, 300] });
  expect(Math.abs(mean - 200)).toBeLessThan(3);
  expect(Math.abs(deviation - 200 / Math.sqrt(12))).toBeLessThan(2);
  expect(least).toBeGreaterThanOrEqual(100);
  expect(most).toBeLessThan(300);
});

test('a normal delay is never below 0 and varies as it is told', () => {
  const { mean, deviation } = moments({ normal: [500, 50] });
  expect(Math.abs(mean - 500)).toBeLessThan(3);
  expect(Math.abs(deviation - 50)).toBeLessThan(2);
  expect(moments({ normal: [10, 100] }).least).toBe(0);
});

test('an exponential delay has its mean, as much deviation, and a long tail', () => {
  const { mean, deviation, least, most } = moments({ exponential: 100 });
  expect(Math.abs(mean - 100)).toBeLessThan(5);
  expect(Math.abs(deviation - 100)).toBeLessThan(10);
  expect(least).toBeGreaterThanOrEqual(0);
  expect(most).toBeGreaterThan(600);
});

test.each([-1, 1e9, { uniform: [1] }, { uniform: [1, 2, 3] }, { poisson: 1 }, { normal: [1, -1] }, 'long'])(
  '%j is no delay',
  (delay) => {
    expect(delaySchema.safeParse(delay).success).toBe(false);
  },
);
