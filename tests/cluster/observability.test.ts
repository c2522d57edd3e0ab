import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { catalogue } from '@hotpath/cdk8s';
import { dashboards, queriesOf } from '@hotpath/dashboards';
import { restClient, signIn } from '@hotpath/testing';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { run } from '../../scripts/programs.ts';
import { gateway, podsOf } from './cluster.ts';
import { deployObservability, type Observability } from './observability.ts';
import { startPod } from './pods.ts';

const rest = restClient(gateway);
let observability: Observability;

beforeAll(async () => {
  observability = await deployObservability();
}, 600_000);
afterAll(async () => {
  await observability?.[Symbol.asyncDispose]();
}, 600_000);

type Name = Parameters<Observability['address']>[0];

/** Skips the test, and says why, where a program that it needs is missing. */
function needs({ skip }: TestContext, ...names: readonly Name[]): void {
  const why = names.flatMap((name) => observability.missing.get(name) ?? []).join('; ');
  if (why === '') return;
  console.log(`left out: ${why}`);
  skip(why);
}

// biome-ignore lint/suspicious/noExplicitAny: answers of three programs, of which each test looks at some fields
async function get(name: Name, port: string, path: string): Promise<any> {
  const url = `http://${await observability.address(name, port)}${path}`;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

type Span = {
  readonly id: string;
  readonly parent: string | undefined;
  readonly service: string;
  readonly name: string;
  readonly database: unknown;
};

type RawTrace = {
  readonly processes: Record<string, { serviceName: string }>;
  readonly spans: readonly {
    spanID: string;
    processID: string;
    operationName: string;
    references: readonly { spanID: string }[];
    tags: readonly { key: string; value: unknown }[];
  }[];
};

/** What Jaeger has of a trace by now. */
async function spansOf(traceId: string): Promise<readonly Span[]> {
  const url = `http://${await observability.address('jaeger', 'query')}/api/traces/${traceId}`;
  const { data } = (await (await fetch(url)).json()) as { data?: readonly RawTrace[] | null }; // 404 until it has one
  return (data ?? []).flatMap(({ processes, spans }) =>
    spans.map(({ spanID, processID, operationName, references, tags }) => ({
      id: spanID,
      parent: references[0]?.spanID,
      service: processes[processID]?.serviceName ?? '',
      name: operationName,
      database: tags.find(({ key }) => key === 'db.system.name')?.value,
    })),
  );
}

async function until<T>(read: () => Promise<T>, enough: (value: T) => boolean): Promise<T> {
  for (const end = Date.now() + 120_000; ; await sleep(1_000)) {
    const value = await read();
    if (enough(value)) return value;
    if (Date.now() > end) throw new Error(`after two minutes only ${JSON.stringify(value)}`);
  }
}

test('a page view is one trace in Jaeger: gateway, inventory, user, pricing and their statements', async (context) => {
  needs(context, 'collector', 'jaeger');
  const token = await signIn(rest, 'vip');
  const traceId = crypto.randomUUID().replaceAll('-', '');
  const caller = '00000000000000aa';
  const headers = { traceparent: `00-${traceId}-${caller}-01` };
  expect((await rest('GET', '/api/products?pageSize=5', { token, headers })).status).toBe(200);

  const services = catalogue.map(({ name }) => name as string);
  const withDatabase = catalogue.filter(({ database }) => database).map(({ name }) => name as string);
  const servicesOf = (spans: readonly Span[]) => new Set(spans.map(({ service }) => service));
  const statements = (spans: readonly Span[]) =>
    spans.filter(({ database, name }) => database === 'postgresql' && !name.startsWith('wait'));
  const spans = await until(
    () => spansOf(traceId),
    (spans) =>
      spans.filter(({ database }) => !database).length >= 7 &&
      servicesOf(statements(spans)).size >= withDatabase.length,
  );
  console.log(
    spans
      .map(({ service, name, database }) => `${service}: ${name}${database ? ` (${database})` : ''}`)
      .join('\n'),
  );
  expect(servicesOf(spans)).toEqual(new Set(services));
  expect(servicesOf(statements(spans))).toEqual(new Set(withDatabase));
  const calls = spans.filter(({ database }) => !database).map(({ service, name }) => `${service}: ${name}`);
  expect(calls.sort()).toEqual([
    'gateway: GET /api/products',
    'gateway: ecommerce.InventoryService/ListProducts',
    'inventory: ecommerce.InventoryService/ListProducts',
    'inventory: ecommerce.PricingService/GetPricesBatch',
    'inventory: ecommerce.UserService/GetSegment',
    'pricing: ecommerce.PricingService/GetPricesBatch',
    'user: ecommerce.UserService/GetSegment',
  ]);
  const ids = new Set([caller, ...spans.map(({ id }) => id)]);
  expect(spans.filter(({ parent }) => !ids.has(parent ?? ''))).toEqual([]);
});

test('every request is traced, and an exemplar in Prometheus names a trace that Jaeger has', async (context) => {
  needs(context, 'collector', 'jaeger', 'prometheus');
  const now = () => Math.floor(Date.now() / 1000);
  const from = now();
  const query = encodeURIComponent('rpc_server_call_duration_seconds_bucket{job="inventory"}');
  type Exemplars = { data: { exemplars: { labels: { trace_id: string } }[] }[] };
  const exemplars = () =>
    get('prometheus', 'http', `/api/v1/query_exemplars?query=${query}&start=${from}&end=${now()}`);
  const { data } = await until(
    async (): Promise<Exemplars> => {
      await rest('GET', '/api/products?pageSize=5');
      return exemplars();
    },
    ({ data }) => data.length > 0,
  );
  const traceId = data[0]?.exemplars[0]?.labels.trace_id ?? '';
  // Each process exports by itself: inventory's may come after the others'.
  const services = async () => (await spansOf(traceId)).map(({ service }) => service);
  expect(await until(services, (found) => found.includes('inventory'))).toContain('inventory');
});

test('Prometheus scrapes every pod of the shop by its process, and judges by the rules', async (context) => {
  needs(context, 'prometheus');
  type Targets = { data: { activeTargets: { health: string; labels: { job: string; instance: string } }[] } };
  const pods = (await Promise.all(catalogue.map(({ name }) => podsOf(name)))).flat();
  const targets = async () => {
    const { data }: Targets = await get('prometheus', 'http', '/api/v1/targets?state=active');
    return data.activeTargets
      .map(({ health, labels }) => `${labels.job} ${labels.instance} ${health}`)
      .sort();
  };
  const wanted = pods.map(({ name }) => `${name.split('-')[0]} ${name} up`).sort();
  expect(await until(targets, (found) => found.join() === wanted.join())).toEqual(wanted);

  type Rules = { data: { groups: { rules: { name: string; health: string }[] }[] } };
  const rules = async () => {
    const { data }: Rules = await get('prometheus', 'http', '/api/v1/rules');
    return data.groups.flatMap((group) => group.rules);
  };
  const judged = await until(rules, (all) => all.every(({ health }) => health !== 'unknown'));
  expect(judged.map(({ name }) => name)).toContain('ProcessDown');
  expect(judged.filter(({ health }) => health !== 'ok')).toEqual([]);
});

test('the panels of the runtime and of the shop have data', async (context) => {
  needs(context, 'prometheus');
  const shown = dashboards.filter(({ uid }) => ['hotpath-node', 'hotpath-overview'].includes(uid ?? ''));
  const queries = shown.flatMap(queriesOf);
  const empty = async () => {
    await Promise.all(Array.from({ length: 10 }, () => rest('GET', '/api/products?pageSize=5')));
    const answers = await Promise.all(
      queries.map(async ({ title, expr }) => {
        const query = encodeURIComponent(expr.replaceAll('$__rate_interval', '1m'));
        const { data } = await get('prometheus', 'http', `/api/v1/query?query=${query}`);
        return { title, found: data.result.length };
      }),
    );
    return answers.filter(({ found }) => found === 0).map(({ title }) => title);
  };
  expect(queries.length).toBeGreaterThan(15);
  expect(await until(empty, (titles) => titles.length === 0)).toEqual([]);
});

test('Grafana lists every dashboard to whoever comes, and lets nobody change one', async (context) => {
  needs(context, 'grafana');
  const found: { uid: string }[] = await get('grafana', 'http', '/api/search?type=dash-db');
  expect(found.map(({ uid }) => uid).sort()).toEqual(dashboards.map(({ uid }) => uid).sort());
  const url = `http://${await observability.address('grafana', 'http')}/api/dashboards/db`;
  const body = JSON.stringify({ dashboard: { title: 'mine' } });
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(answer.status).toBe(403);
});

test('the shop reaches the collector and nothing behind it, and a stranger in its namespace nothing', async (context) => {
  needs(context, 'collector', 'jaeger', 'prometheus');
  const at = async (name: Name, port: number) => {
    const args = [
      'get',
      'pods',
      `--selector=app.kubernetes.io/name=${name}`,
      '--output=jsonpath={.items[0].status.podIP}',
    ];
    const ip = await run('kubectl', ['--namespace', 'observability', ...args], { capture: true });
    return { label: `${name} ${port}`, ip, port, protocol: 'TCP', path: '' };
  };
  const targets = JSON.stringify([
    await at('collector', 4318),
    await at('jaeger', 4317),
    await at('jaeger', 16_686),
    await at('prometheus', 9090),
  ]);
  const program = await readFile(new URL('caller.mjs', import.meta.url), 'utf8');
  const [pricing] = await podsOf('pricing');
  const exec = [
    '--namespace',
    'hotpath',
    'exec',
    '--stdin',
    pricing?.name ?? '',
    '--container=pricing',
    '--',
  ];
  const node = ['node', '--input-type=module', '-', targets];
  const reached = await run('kubectl', [...exec, ...node], { capture: true, input: program });
  const refused = {
    'jaeger 4317': 'no connection',
    'jaeger 16686': 'no connection',
    'prometheus 9090': 'no connection',
  };
  expect(JSON.parse(reached)).toEqual({ 'collector 4318': 'allowed', ...refused });
  await using stranger = await startPod({ name: 'stranger' });
  expect(JSON.parse(await stranger.node(program, targets))).toEqual({
    'collector 4318': 'no connection',
    ...refused,
  });
});
