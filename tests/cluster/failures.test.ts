import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { run } from '../../scripts/programs.ts';
import { forward, gateway, kubectl, type Pod, podsOf, rolledOut, settled } from './cluster.ts';
import { startLoad } from './load.ts';

/** A client without a mesh finds new pods when its connection has reached its age: 60 s, give or take a tenth. */
const connectionAgeMs = 60_000;
/** Then it may ask for the name (at most every 5 s) and must connect. */
const slackMs = 15_000;

afterEach(settled);

test.each(['pricing', 'inventory', 'user'])(
  'SIGKILL of a pod of %s: no duplicate, no missing event',
  async (workload) => {
    const [victim] = await podsOf(workload);
    if (!victim) throw new Error(`no pod of ${workload} is ready`);
    const load = await startLoad(gateway, '9300');
    await sleep(2_000);
    await kill(victim);
    await sleep(5_000);
    await settled();
    const report = await load.stop();
    console.log(`SIGKILL of a pod of ${workload}: ${JSON.stringify(report)}`);
    expect(report).toMatchObject({ duplicateReservations: 0, missingEvents: 0, repeatedEvents: 0 });
    // Calls that had begun when it died, and what was sent before its clients knew.
    expect(sum(report.lost)).toBeLessThanOrEqual(10);
    expect(report.tooSlowPercent).toBeLessThan(5);
  },
);

test('draining a node under load loses nothing, and its pods move', async () => {
  // Not that of PostgreSQL: its one pod is bound to its volume's node.
  const [database] = await podsOf('postgres');
  const nodes = new Set(
    (await Promise.all(['gateway', 'pricing'].map(podsOf))).flat().map(({ node }) => node),
  );
  nodes.delete(database?.node ?? '');
  const [node] = nodes;
  if (!node) throw new Error('all pods are on the node of PostgreSQL: the cluster needs two workers');
  const load = await startLoad(gateway, '9300');
  try {
    await kubectl('drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=240s');
    await settled();
    const report = await load.stop();
    console.log(`drain of ${node}: ${JSON.stringify(report)}`);
    for (const workload of ['gateway', 'inventory', 'pricing', 'user']) {
      const pods = await podsOf(workload);
      expect(pods).toHaveLength(2);
      expect(pods.map((pod) => pod.node)).not.toContain(node);
    }
    expect(report.lost).toEqual({});
    expect(report.tooSlowPercent).toBeLessThan(5);
    expect(report).toMatchObject({ duplicateReservations: 0, missingEvents: 0, repeatedEvents: 0 });
  } finally {
    await kubectl('uncordon', node);
    // Back to pods on both nodes, as the other tests expect them.
    await kubectl('rollout', 'restart', 'deployment');
  }
});

test('new pods of pricing take load without a mesh, within the age of a connection', async () => {
  await scale(1);
  const load = await startLoad(gateway, '9300');
  try {
    await sleep(3_000);
    const from = performance.now();
    await scale(3);
    const ready = performance.now();
    const pods = await podsOf('pricing');
    expect(pods).toHaveLength(3);
    const waits = await Promise.all(
      pods.map(async (pod) => {
        await until(async () => (await callsOf(pod)) > 0);
        return performance.now() - ready;
      }),
    );
    const seconds = (ms: number) => `${(ms / 1000).toFixed(0)} s`;
    console.log(
      `pricing 1 → 3: ready after ${seconds(ready - from)}, then each has calls after ${waits.map(seconds).join(', ')}`,
    );
    expect(Math.max(...waits)).toBeLessThan(connectionAgeMs * 1.1 + slackMs);
  } finally {
    const report = await load.stop();
    console.log(`pricing 1 → 3: ${JSON.stringify(report)}`);
    await scale(2);
    expect(report.lost).toEqual({});
    expect(report.tooSlowPercent).toBeLessThan(5);
    expect(report).toMatchObject({ duplicateReservations: 0, missingEvents: 0, repeatedEvents: 0 });
  }
});

/** Kills the first process of a pod's container, from its node: Kubernetes hears of it afterwards. */
async function kill({ node, container }: Pod): Promise<void> {
  const find = ['crictl', 'inspect', '--output=go-template', '--template={{.info.pid}}', container];
  const pid = (await run('docker', ['exec', node, ...find], { capture: true })).trim();
  await run('docker', ['exec', node, 'kill', '-9', pid], { capture: true });
}

async function scale(replicas: number): Promise<void> {
  await kubectl('scale', 'deployment/pricing', `--replicas=${replicas}`);
  await rolledOut('pricing');
}

/** The calls that a pod of pricing has answered. */
async function callsOf({ name }: Pod): Promise<number> {
  const admin = await forward(`pod/${name}`, 9052);
  try {
    const text = await (await fetch(`http://${admin.address}/metrics`)).text();
    const counts = [
      ...text.matchAll(
        /^rpc_server_call_duration_seconds_count\{[^}]*"ecommerce\.PricingService[^}]*\} (\d+)$/gm,
      ),
    ];
    return counts.reduce((total, [, value]) => total + Number(value), 0);
  } finally {
    await admin.stop();
  }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(1_000);
}

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);
