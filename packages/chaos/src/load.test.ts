import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { count, sendFor } from './load.ts';

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
