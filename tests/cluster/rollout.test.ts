import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { gateway, kubectl, rolledOut, settled } from './cluster.ts';
import { type LoadReport, startLoad } from './load.ts';

/** Restarts of each Deployment; more for a longer proof. */
const rounds = Number(process.env.ROUNDS ?? 2);

afterEach(settled);

test.each(['user', 'pricing', 'inventory', 'gateway'])(
  `${rounds} rollouts of %s under load lose nothing`,
  async (workload) => {
    const load = await startLoad(gateway, '9300');
    for (let round = 0; round < rounds; round++) await restart(workload);
    await settled();
    const report = await load.stop();
    show(`${rounds} rollouts of ${workload}`, report);
    expect(report.lost).toEqual({});
    expect(report.tooSlowPercent).toBeLessThan(5);
    expect(report.duplicateReservations).toBe(0);
    expect(report.missingEvents).toBe(0);
    expect(report.repeatedEvents).toBe(0);
    // It was a load.
    expect(report.requests).toBeGreaterThan(200);
    expect(report.reservations).toBeGreaterThan(10);
    expect(report.events).toBeGreaterThan(20);
  },
);

test('without preStop and drain a rollout of the gateway loses requests', async () => {
  await patch({ lifecycle: null, env: [{ name: 'DRAIN_GRACE_MS', value: '0' }] });
  await rolledOut('gateway');
  const load = await startLoad(gateway, '9300');
  try {
    await restart('gateway');
    await sleep(5_000);
  } finally {
    const report = await load.stop();
    show('a rollout of a gateway without preStop and drain', report);
    await kubectl('set', 'env', 'deployment/gateway', 'DRAIN_GRACE_MS-');
    await kubectl('apply', '--filename', 'k8s/local-mtls/gateway.yaml');
    await rolledOut('gateway');
    expect(Object.keys(report.lost)).not.toEqual([]);
  }
});

async function restart(workload: string): Promise<void> {
  await kubectl('rollout', 'restart', `deployment/${workload}`);
  await rolledOut(workload);
}

/** Changes the container of the gateway. */
async function patch(container: object): Promise<void> {
  const spec = { template: { spec: { containers: [{ name: 'gateway', ...container }] } } };
  await kubectl('patch', 'deployment', 'gateway', '--patch', JSON.stringify({ spec }));
}

function show(what: string, report: LoadReport): void {
  console.log(`${what}: ${JSON.stringify(report)}`);
}
