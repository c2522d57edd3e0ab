import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Code } from './code.ts';
import { createConcurrencyLimit } from './concurrency-limit.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/**
 * A server that does `size` calls at once, each in `serviceMs` (a tenth more or less by turns), and keeps the others it
 * has let in waiting, in a time that a test moves. Arrivals beyond the limit are refused.
 */
function simulate({ size, serviceMs }: { size: number; serviceMs: number }) {
  const limit = createConcurrencyLimit();
  const profile = limit.profile();
  const line: ReturnType<typeof limit.enter>[] = [];
  const working: { place: ReturnType<typeof limit.enter>; until: number }[] = [];
  let tick = 0;
  return {
    limit,
    profile,
    /** `perMs` calls arrive per ms; @returns how many were answered per ms. */
    run(ms: number, perMs: number): number {
      let due = 0;
      let answered = 0;
      for (let i = 0; i < ms; i++, tick++) {
        vi.advanceTimersByTime(1);
        for (const one of working.filter(({ until }) => until <= tick)) {
          working.splice(working.indexOf(one), 1);
          limit.leave(one.place, Code.OK);
          answered++;
        }
        for (due += perMs; due >= 1; due--) {
          if (limit.inFlight < limit.value) line.push(limit.enter(profile));
        }
        while (working.length < size && line.length > 0) {
          const until = tick + Math.round(serviceMs * (1 + ((tick % 3) - 1) / 10));
          working.push({ place: line.shift() as (typeof line)[number], until });
        }
      }
      return answered / ms;
    },
  };
}

test.each([
  { size: 16, serviceMs: 80 },
  { size: 16, serviceMs: 20 },
  { size: 40, serviceMs: 50 },
  { size: 200, serviceMs: 100 },
])('a pool of $size x $serviceMs ms: the limit settles a little above what the pool does at once', (pool) => {
  const server = simulate(pool);
  const capacity = pool.size / pool.serviceMs;
  server.run(2_000, capacity / 4);
  server.run(10_000, capacity * 2);
  expect(server.run(5_000, capacity * 5)).toBeGreaterThan(capacity * 0.95);
  expect(server.limit.value).toBeGreaterThanOrEqual(pool.size);
  expect(server.limit.value).toBeLessThan(Math.max(20, pool.size) * 2.6);
});

test('overloaded from its first call on, it still learns what a call takes', () => {
  const server = simulate({ size: 16, serviceMs: 80 });
  server.run(15_000, 1);
  expect(server.limit.value).toBeLessThan(56);
  expect(server.profile.idleMs).toBeLessThan(120);
});

test('a call that got slower for good does not keep the limit down', () => {
  const server = simulate({ size: 1_000, serviceMs: 20 });
  server.run(2_000, 2);
  const slower = simulate({ size: 1_000, serviceMs: 200 });
  Object.assign(slower.profile, server.profile);
  slower.run(60_000, 0.1);
  slower.run(10_000, 1.5);
  expect(slower.limit.value).toBeGreaterThanOrEqual(300);
});

test('an idle server keeps its limit, and refusals teach nothing', () => {
  const limit = createConcurrencyLimit();
  const profile = limit.profile();
  for (let i = 0; i < 1_000; i++) {
    const place = limit.enter(profile);
    vi.advanceTimersByTime(20);
    limit.leave(place, Code.OK);
  }
  expect(limit.value).toBe(100);
  for (let i = 0; i < 100; i++) limit.leave(limit.enter(profile), Code.INVALID_ARGUMENT);
  expect(profile.idleMs).toBeCloseTo(20, 5);
  expect(profile.recentMs).toBeCloseTo(20, 5);
});

test('it waits longer the more are ahead', () => {
  const limit = createConcurrencyLimit({ min: 2, initial: 2, max: 2 });
  const profile = limit.profile();
  for (let i = 0; i < 100; i++) {
    const place = limit.enter(profile);
    vi.advanceTimersByTime(20);
    limit.leave(place, Code.OK);
  }
  expect(limit.waitMs(0)).toBeCloseTo(10, 1);
  expect(limit.waitMs(5)).toBeCloseTo(60, 1);
});
