import { fileURLToPath } from 'node:url';
import { outcomeOf, pythonEnvironment, type RunningShop, startShop } from '@hotpath/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

let shop: RunningShop;
let bin: string;

beforeAll(async () => {
  bin = await pythonEnvironment(new URL('../python/requirements.txt', import.meta.url));
  shop = await startShop({ LOG_LEVEL: 'warn' });
});
afterAll(() => shop?.stop());

test('a Python client makes all four kinds of call and reads error details', async () => {
  const { code, output } = await outcomeOf(`${bin}/python`, [
    path('../python/client.py'),
    path('../../protos'),
    shop.services.pricing,
  ]);
  console.log(output);
  expect(code, output).toBe(0);
  expect(output).toMatch(/\d passed, 0 failed\n$/);
});
