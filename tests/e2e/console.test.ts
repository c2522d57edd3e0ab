import { processes } from '@hotpath/contracts';
import { expect, inject, test } from 'vitest';
import type { GraphView, HealthView, XrayView } from '../../services/gateway/src/schemas/console.ts';

const { gateway } = inject('shop');

async function ask<T>(view: string): Promise<T> {
  const response = await fetch(`${gateway}/api/console/${view}`);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

test('the console tells of every process how it is, and how the gateway reaches it', async () => {
  const health = await ask<HealthView>('health');
  expect(health.processes.map(({ name }) => name)).toEqual(Object.keys(processes));
  const well = { live: true, ready: true, reason: 'ready', node: expect.stringMatching(/^v\d+\./) };
  for (const one of health.processes) expect(one).toMatchObject(well);
  const serving = health.processes.filter(({ grpcHealth }) => grpcHealth === 'SERVING');
  expect(serving.map(({ name }) => name)).toEqual(['inventory', 'pricing', 'user']);
  for (const { uptimeSeconds, memoryBytes } of health.processes) {
    expect(uptimeSeconds).toBeGreaterThanOrEqual(0);
    expect(memoryBytes).toBeGreaterThan(1e6);
  }
});

test('the call graph tells what each call has used of its budget', async () => {
  const usedBy = async (caller: string, callee: string, rpc: string) => {
    const { edges } = await ask<GraphView>('graph');
    const edge = edges.find((one) => one.caller === caller && one.callee === callee);
    const { budgetUsed, ...promised } = edge?.rpcs.find(({ path }) => path.endsWith(`/${rpc}`)) ?? {};
    return { ...promised, calls: budgetUsed?.at(-1)?.calls ?? 0 };
  };
  const before = await usedBy('gateway', 'inventory', 'ListProducts');
  expect(before.budgetMs).toBeGreaterThan(0);
  expect(before.headroomMs).toBeGreaterThanOrEqual(0);
  expect((await fetch(`${gateway}/api/products?pageSize=1`)).status).toBe(200);
  expect((await usedBy('gateway', 'inventory', 'ListProducts')).calls).toBeGreaterThan(before.calls);
});

test('without an X-ray the console says that there is none', async () => {
  expect(await ask<XrayView>('xray')).toEqual({ url: null, report: null });
});
