import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { check, checkAll, WrongAnswer } from './check.ts';
import { stored, toJson, toMessage } from './data.ts';
import { closedLoop, openLoop, quantile, warmUp } from './load.ts';

test('an open loop counts the wait of calls that were due while the server stood still', async () => {
  let stopped = Promise.resolve<unknown>(undefined);
  const call = async (number: number) => {
    if (number === 10) stopped = sleep(300);
    await stopped;
  };
  const { latenciesMs, failed } = await openLoop(call, { perSecond: 200, ms: 1000 });
  expect(failed).toBe(0);
  expect(latenciesMs).toHaveLength(200);
  // 60 calls were due in that time, 40 of them in its first 200 ms.
  expect(latenciesMs.filter((ms) => ms > 100).length).toBeGreaterThanOrEqual(40);
});

test('an open loop counts the lateness of its own sending', async () => {
  const block = (ms: number) => {
    for (const until = performance.now() + ms; performance.now() < until; );
  };
  const call = async (number: number) => {
    if (number === 10) block(300);
  };
  const { latenciesMs } = await openLoop(call, { perSecond: 200, ms: 1000 });
  expect(latenciesMs.filter((ms) => ms > 100).length).toBeGreaterThanOrEqual(40);
});

test('calls may fail while a launch warms up, and in an open loop they are counted; wrong answers end both', async () => {
  const failing = () => Promise.reject(new Error('too late'));
  const lying = () => Promise.reject(new WrongAnswer('not the price'));
  await warmUp(failing, 2, 20);
  await expect(closedLoop(failing, { inFlight: 2, ms: 20 })).rejects.toThrow('too late');
  expect(await openLoop(failing, { perSecond: 500, ms: 20 })).toMatchObject({ failed: 10 });
  await expect(warmUp(lying, 2, 20)).rejects.toThrow('not the price');
  await expect(openLoop(lying, { perSecond: 500, ms: 20 })).rejects.toThrow('not the price');
});

test('a quantile is a value that was measured', () => {
  const values = Array.from({ length: 1000 }, (_, index) => 1000 - index);
  expect([0.5, 0.99, 0.999, 1].map((share) => quantile(values, share))).toEqual([500, 990, 999, 1000]);
  expect(() => quantile([], 0.5)).toThrow('nothing was measured');
});

test('an answer must be that of its product, in every field, and batches whole and in order', () => {
  const [one, two] = [toMessage(stored(1)), toJson(stored(2))];
  check(one, 1);
  check(two, 2);
  checkAll([one, two], [1, 2]);
  for (const wrong of [undefined, two, { ...one, saleEndsAt: 0n }, { ...one, currency: 'EUR' }]) {
    expect(() => check(wrong, 1)).toThrow(WrongAnswer);
  }
  expect(() => checkAll([two, one], [1, 2])).toThrow(WrongAnswer);
  expect(() => checkAll([one], [1, 2])).toThrow('a batch of 2 was answered with 1 prices');
});
