import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import type { HealthView } from '../schemas/console.ts';
import { startGateway } from '../testing/index.ts';

afterEach(() => vi.unstubAllEnvs());

test('production has no console', async () => {
  vi.stubEnv('NODE_ENV', 'production');
  const { url } = await startGateway();
  for (const view of ['health', 'graph', 'xray']) {
    expect([view, (await fetch(`${url}/api/console/${view}`)).status]).toEqual([view, 404]);
  }
  expect(await (await fetch(`${url}/openapi.json`)).text()).not.toContain('/api/console');
});

test('a process that cannot be asked is told as such, with what to do, beside those that can', async () => {
  const { url } = await startGateway({}, { PRICING_ADMIN_ADDRESS: '127.0.0.1:1' });
  const { processes } = (await (await fetch(`${url}/api/console/health`)).json()) as HealthView;
  expect(processes.filter(({ live }) => live).map(({ name }) => name)).toEqual(['gateway']);
  const reasonOf = new Map(processes.map(({ name, reason }) => [name, reason]));
  expect(reasonOf.get('inventory')).toContain('set INVENTORY_ADMIN_ADDRESS');
  expect(reasonOf.get('pricing')).toContain('does not tell of itself at its admin port, 127.0.0.1:1');
});

test('an X-ray that is gone is told', async () => {
  const { url } = await startGateway({}, { XRAY_URL: 'http://127.0.0.1:1' });
  const response = await fetch(`${url}/api/console/xray`);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ detail: 'the X-ray at http://127.0.0.1:1 does not answer' });
});

test('an X-ray that fails is told by its status', async () => {
  const server = createServer((_request, response) => response.writeHead(500).end('it broke')).listen(0);
  onTestFinished(() => void server.close());
  const xray = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { url } = await startGateway({}, { XRAY_URL: xray });
  const response = await fetch(`${url}/api/console/xray`);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ detail: `the X-ray at ${xray} answers with 500` });
});
