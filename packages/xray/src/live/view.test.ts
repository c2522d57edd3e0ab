import { expect, test } from 'vitest';
import { toOtlp } from '../formats.testing.ts';
import { pageViews } from '../shop.testing.ts';
import { openStore } from './store.ts';
import { madeOnce, viewer } from './view.ts';

const views = (seed: number) => toOtlp(pageViews({ seed, views: 40 }));

test('however many ask, the traces are looked into once, and again when more have come', async () => {
  const store = openStore();
  store.add(views(1));
  const look = viewer(store, 0);
  const [first, second] = await Promise.all([look(), look()]);
  expect(second).toBe(first);
  expect(await look()).toBe(first);
  expect(first.operations).toEqual([{ name: 'GET /api/products', traces: 40 }]);

  store.add(views(2));
  await expect.poll(async () => (await look()).operations[0]?.traces, { timeout: 20_000 }).toBe(80);
});

test('a page is made once for all who look at it', async () => {
  const store = openStore();
  store.add(views(1));
  const view = await viewer(store, 0)();
  let made = 0;
  const pageOf = madeOnce((_, operation) => `${operation} ${++made}`);
  expect([pageOf(view, 'a'), pageOf(view, 'b'), pageOf(view, 'a')]).toEqual(['a 1', 'b 2', 'a 1']);
});
