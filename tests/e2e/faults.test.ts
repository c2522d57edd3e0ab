import { type RunningShop, startShop } from '@hotpath/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { blocksOf } from '../contract/docs-commands.ts';
import { runBlock } from './run-block.ts';

let shop: RunningShop;
beforeAll(async () => {
  shop = await startShop({}, '--faults');
});
afterAll(() => shop?.stop());
beforeEach(() => console('DELETE'));

type Fault = { caller: string; callee: string; healsInMs: number };

async function console(method: string, body?: unknown) {
  const response = await fetch(`${shop.gateway}/api/console/faults`, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const answer = (await response.json()) as { faults: Fault[]; edges: object[]; detail?: string };
  return { status: response.status, ...answer };
}

async function product(headers: Record<string, string> = {}) {
  const sentAt = performance.now();
  const response = await fetch(`${shop.gateway}/api/products/1`, { headers });
  const { price } = (await response.json()) as { price?: number | null };
  return { status: response.status, price, ms: performance.now() - sentAt };
}

test('a visitor sets a fault on an edge, sees the deadline hold, and heals it', async () => {
  expect(await product()).toMatchObject({ status: 200, price: expect.any(Number) });
  const fault = { caller: 'gateway', callee: 'inventory', delayMs: 20_000 };
  const set = await console('PUT', fault);
  expect(set).toMatchObject({ status: 200, faults: [fault] });
  const late = await product({ 'x-request-timeout-ms': '300' });
  expect(late.status).toBe(504);
  expect(late.ms).toBeLessThan(10_000);
  expect(await console('DELETE')).toMatchObject({ status: 200, faults: [] });
  expect((await product()).status).toBe(200);
});

test('a fault further in is set at the process that makes the call', async () => {
  const fault = { caller: 'inventory', callee: 'pricing', abortCode: 'UNAVAILABLE' };
  const { faults } = await console('PUT', { ...fault, ttlMs: 30_000 });
  expect(faults).toMatchObject([fault]);
  expect(faults[0]?.healsInMs).toBeLessThanOrEqual(30_000);
  const told = await fetch(`http://${shop.admin.inventory}/faults`);
  expect(await told.json()).toMatchObject({ faults: [{ side: 'client', peer: 'pricing' }] });
  expect((await product()).status).toBe(503);
  expect(await console('DELETE')).toMatchObject({ faults: [] });
  expect(await product()).toMatchObject({ status: 200, price: expect.any(Number) });
});

test('faults that are none are refused, and nothing is set', async () => {
  const wrong = [
    { caller: 'pricing', callee: 'inventory', delayMs: 5 },
    { caller: 'gateway', callee: 'pricing' },
    { caller: 'gateway', callee: 'pricing', delayMs: 5, rpc: '/ecommerce.PricingService/Nothing' },
    { caller: 'gateway', callee: 'pricing', delayMs: { uniform: [1] } },
  ];
  for (const fault of wrong) expect((await console('PUT', fault)).status).toBe(400);
  const { edges, faults } = await console('GET');
  expect(edges).toHaveLength(5);
  expect(faults).toEqual([]);
});

test('the commands by which docs/chaos.md sets a fault do what it says', async () => {
  const blocks = blocksOf('docs/chaos.md').filter(({ text }) => text.includes('/api/console/faults'));
  expect(blocks).toHaveLength(1);
  const set = /"faults":\[\{[\s\S]*HTTP\/1\.1 (?:504|200)[\s\S]*"faults":\[\]/;
  for (const { text } of blocks) await runBlock(text, shop.gateway, set);
});
