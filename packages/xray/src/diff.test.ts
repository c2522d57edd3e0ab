import { expect, test } from 'vitest';
import { analyse } from './analysis.ts';
import { type BandChange, diff, isPassed, limitsOf } from './diff.ts';
import { pageViews, type Shop } from './shop.testing.ts';

const VIEWS = 600;

function recorded(shop: Partial<Shop> & { seed: number }) {
  const analysis = analyse();
  analysis.add(pageViews({ views: VIEWS, ...shop }));
  return analysis.finish();
}

const fails = (words: string, changes: readonly BandChange[]) =>
  limitsOf(words).some((limit) => isPassed(limit, changes, VIEWS));

const before = recorded({ seed: 1 });

test('noise fails no build: of many recordings of the same shop none is told to be 10 % slower', () => {
  const failed = Array.from({ length: 10 }, (_, i) => recorded({ seed: 100 + i })).filter((after) =>
    fails('p50>+10%,p90>+10%,p99>+10%', diff(before, after, 1)),
  );
  expect(failed).toEqual([]);
});

test('20 ms put into user.GetSegment fail the build, show there, and nowhere else', () => {
  const changes = diff(before, recorded({ seed: 2, segmentLonger: 20 }), 1);
  expect(fails('p99>+10%', changes)).toBe(true);
  expect(fails('p50>+15ms', changes)).toBe(true);
  const [p50] = changes as [BandChange];
  const [largest, ...rest] = p50.slices.map(({ beforeMs, afterMs, ...where }) => ({
    ...where,
    ms: afterMs - beforeMs,
  }));
  expect(largest).toMatchObject({
    service: 'user',
    operation: 'hotpath.user.UserService/GetSegment',
    cause: 'handler',
  });
  expect(Math.abs((largest?.ms ?? 0) - 20)).toBeLessThan(2);
  for (const { ms } of rest) expect(Math.abs(ms)).toBeLessThan(2);
});

test('the interval holds the change, and the same seed gives the same one', () => {
  const after = recorded({ seed: 3, segmentLonger: 1 });
  const [one, again, other] = [1, 1, 2].map((seed) => diff(before, after, seed)) as [
    BandChange[],
    BandChange[],
    BandChange[],
  ];
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
  for (const { changeMs, changeShare } of one) {
    expect(changeMs.low).toBeLessThanOrEqual(changeMs.change);
    expect(changeMs.high).toBeGreaterThanOrEqual(changeMs.change);
    expect(changeShare.low).toBeLessThanOrEqual(changeShare.high);
  }
});

test('a change that the limit lies within does not fail the build', () => {
  const changes = diff(before, recorded({ seed: 3, segmentLonger: 3 }), 1);
  const { low, high } = (changes[0] as BandChange).changeShare;
  expect(low).toBeGreaterThan(0.15);
  expect(fails(`p50>+${Math.round((low + high) * 50)}%`, changes)).toBe(false);
  expect(fails('p50>+15%', changes)).toBe(true);
});

test('a quantile of too few traces is not judged', () => {
  const changes = diff(before, before, 1);
  expect(() => isPassed({ band: 'p99', by: 10, unit: '%' }, changes, 99)).toThrow(/at least 100 are needed/);
  expect(isPassed({ band: 'p99', by: 10, unit: '%' }, changes, 100)).toBe(false);
});

test('limits are read in % and ms, and refused with what to say', () => {
  expect(limitsOf('p99>+10%, p50>5.5ms')).toEqual([
    { band: 'p99', by: 10, unit: '%' },
    { band: 'p50', by: 5.5, unit: 'ms' },
  ]);
  expect(() => limitsOf('p95>+10%')).toThrow(/'p99>\+10%'/);
});
