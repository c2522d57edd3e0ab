import { homedir } from 'node:os';
import { join } from 'node:path';
import { openShop, type Shop, scenarios, tryScenario } from '@hotpath/chaos';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { settled } from './cluster.ts';

// Where none is given, `npm run cluster` has made one that kind has written there.
process.env.KUBECONFIG ||= join(homedir(), '.kube/config');

/** rollout.test.ts rolls out every service. */
const ROLLOUTS = 6;

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(async () => {
  await shop?.close();
  await settled();
});

// Each red without its defence, by `npm run chaos -- --cluster --proof`.
const shown = scenarios.filter(({ cluster, meshed, number }) => cluster && !meshed && number !== ROLLOUTS);
test.each(shown)('scenario $number in the cluster: $name', async (scenario) => {
  const { checks, seconds } = await tryScenario(scenario, { defended: true }, {}, shop);
  const figures = checks.map(({ what, measured, unit }) => `${what}: ${measured.toFixed(1)} ${unit}`);
  console.log(`scenario ${scenario.number}, ${seconds} s: ${figures.join('; ')}`);
  expect(checks.filter(({ holds }) => !holds)).toEqual([]);
});
