import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cell, catalogue, k8sFolder, matrixOf, readManifests } from '@hotpath/cdk8s';
import { callGraph } from '@hotpath/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../scripts/programs.ts';
import { kubectl, podsOf } from './cluster.ts';
import { startPod, type TestPod } from './pods.ts';

/** What a caller gets of each target, by the target's label. */
type Outcomes = Readonly<Record<string, string>>;
type Target = {
  readonly label: string;
  readonly ip: string;
  readonly port: number;
  readonly protocol: string;
  readonly path: string;
};

const monitoring = 'observability';
const gatewayLabel = { 'app.kubernetes.io/name': 'gateway' };
const postgresPort = 5432;

let program: string;
let targets: readonly Target[];
const pods: TestPod[] = [];

beforeAll(async () => {
  program = await readFile(new URL('caller.mjs', import.meta.url), 'utf8');
  targets = await Promise.all(
    judged()
      .filter(({ caller }) => caller === 'gateway')
      .map(targetOf),
  );
  await run('kubectl', ['create', 'namespace', monitoring], { capture: true });
  const prometheus = { 'app.kubernetes.io/name': 'prometheus' };
  pods.push(
    await startPod({ name: 'prometheus', namespace: monitoring, labels: prometheus }),
    await startPod({ name: 'stranger' }),
    await startPod({ name: 'wrong-account', labels: gatewayLabel }),
    await startPod({ name: 'wrong-label', serviceAccount: 'gateway' }),
    await startPod({ name: 'outsider', namespace: 'default' }),
  );
});
afterAll(async () => {
  for (const pod of pods) await pod[Symbol.asyncDispose]();
  await run('kubectl', ['delete', 'namespace', monitoring, '--ignore-not-found'], { capture: true });
});

test('who reaches what in the cluster is what the manifests say, for every caller and every RPC', async () => {
  const live = new Map<string, Outcomes>();
  for (const { name } of catalogue) live.set(name, await callFrom(name));
  live.set('postgres', await connectFrom('postgres-0'));
  for (const pod of pods) live.set(pod.name, JSON.parse(await pod.node(program, JSON.stringify(targets))));
  // PostgreSQL has one pod, and what a pod sends to itself is nobody's to judge.
  const cells = judged().filter(
    ({ caller, target }) => caller !== 'postgres' || !target.startsWith('postgres'),
  );
  const found = cells.map(({ caller, target }) => `${caller} → ${target}: ${live.get(caller)?.[target]}`);
  const said = cells.map(
    ({ caller, target, verdict }) => `${caller} → ${target}: ${verdict.allowed ? 'allowed' : verdict.answer}`,
  );
  console.log(`${found.length} pairs of caller and target:\n${table(cells, live)}`);
  expect(found).toEqual(said);
  expect(new Set(said.map((line) => line.split(': ').at(-1)))).toEqual(
    new Set(['allowed', 'no connection', 'PERMISSION_DENIED', 'UNAUTHENTICATED']),
  );
});

/** What the manifests say. */
function judged(): readonly Cell[] {
  return matrixOf(readManifests(join(k8sFolder, 'local-mtls')), callGraph);
}

/** Where a target of the matrix is now. */
async function targetOf({ target, rpc }: Cell): Promise<Target> {
  const [name = ''] = target.split(': ');
  const [pod] = await podsOf(name);
  if (!pod) throw new Error(`no pod of ${name} is ready`);
  const workload = catalogue.find((one) => one.name === name);
  const base = { label: target, ip: pod.ip };
  if (!workload) return { ...base, port: postgresPort, protocol: 'TCP', path: '' };
  if (rpc !== '') return { ...base, port: workload.port.number, protocol: 'gRPC', path: rpc };
  const port = target.endsWith('/metrics') ? workload.adminPort : workload.port.number;
  return { ...base, port, protocol: 'TCP', path: '' };
}

/** Calls from a workload's own pod, by its own certificate; not from the one that is a target itself. */
async function callFrom(workload: string): Promise<Outcomes> {
  const pod = (await podsOf(workload)).find(({ ip }) => !targets.some((target) => target.ip === ip));
  if (!pod) throw new Error(`${workload} has no second pod that is ready`);
  const args = ['exec', '--stdin', pod.name, `--container=${workload}`, '--'];
  const node = ['node', '--input-type=module', '-', JSON.stringify(targets)];
  const all = ['--namespace', 'hotpath', ...args, ...node];
  return JSON.parse(await run('kubectl', all, { capture: true, input: program }));
}

/** Connects from a pod that has a shell and no Node: who connects to nothing need not call. */
async function connectFrom(pod: string): Promise<Outcomes> {
  const addresses = [...new Set(targets.map(({ ip, port }) => `${ip}/${port}`))];
  const tries = addresses.map(
    (address) => `(timeout 2 bash -c '</dev/tcp/${address}' 2>/dev/null && echo ${address}) &`,
  );
  const open = (await kubectl('exec', pod, '--', 'bash', '-c', `${tries.join(' ')} wait`)).split('\n');
  return Object.fromEntries(
    targets.map(({ label, ip, port }) => [
      label,
      open.includes(`${ip}/${port}`) ? 'connected' : 'no connection',
    ]),
  );
}

function table(cells: readonly Cell[], live: ReadonlyMap<string, Outcomes>): string {
  const callers = [...live.keys()];
  const names = [...new Set(cells.map(({ target }) => target))];
  const rows = names.map((name) => [name, ...callers.map((caller) => live.get(caller)?.[name] ?? '?')]);
  const lines = [['', ...callers], ...rows];
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(i === 0 ? 34 : 17))
        .join(' ')
        .trimEnd(),
    )
    .join('\n');
}
