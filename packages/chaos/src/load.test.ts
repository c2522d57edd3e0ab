import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { count, sendAtOnce, sendFor } from './load.ts';
import { recorded } from './recording.ts';

test('it sends at its rate whether answers come or not, and times each from when it was due', async () => {
  let free = () => {};
  const stuck = new Promise<void>((resolve) => {
    free = resolve;
  });
  const sent = new Set<string>();
  const running = sendFor(300, 200, async (id) => {
    sent.add(id);
    await stuck;
    return 'late';
  });
  await sleep(400);
  free();
  const outcomes = await running;
  expect(sent.size).toBe(outcomes.length);
  expect(outcomes.length).toBeGreaterThanOrEqual(60);
  expect(count(outcomes, 'late')).toBe(outcomes.length);
  expect(Math.max(...outcomes.map(({ ms }) => ms))).toBeGreaterThan(350);
});

test('what the sender throws is the outcome', async () => {
  const outcomes = await sendFor(20, 100, () => Promise.reject(new Error('refused')));
  expect(count(outcomes, 'Error: refused')).toBe(outcomes.length);
  expect(outcomes.length).toBeGreaterThan(0);
});

test('what is sent at once has an id each, and is told in the order in which it was sent', async () => {
  let free = () => {};
  const first = new Promise<void>((resolve) => {
    free = resolve;
  });
  const ids: string[] = [];
  const outcomes = await sendAtOnce(3, async (id) => {
    if (ids.push(id) === 1) await first;
    if (ids.length === 3) free();
    return id;
  });
  expect(outcomes.map(({ result }) => result)).toEqual(ids);
  expect(new Set(ids).size).toBe(3);
});

test('a trial records all that is sent in it, and nothing else', async () => {
  const { recording, result } = await recorded(async () => [
    ...(await sendFor(30, 100, async () => 'a')),
    ...(await sendAtOnce(2, async () => 'b')),
  ]);
  await sendAtOnce(1, async () => 'elsewhere');
  expect(recording.outcomes).toEqual(result);
  expect(count(recording.outcomes, 'b')).toBe(2);
});
