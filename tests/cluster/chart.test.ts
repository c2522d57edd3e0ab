import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogue, k8sFolder, type ReadObject, readManifests } from '@hotpath/cdk8s';
import { goProgram } from '@hotpath/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

const chart = fileURLToPath(new URL('../../charts/hotpath', import.meta.url));
let helm: string;

beforeAll(async () => {
  helm = await goProgram('helm.sh/helm/v3/cmd/helm@v3.22.0');
}, 600_000);

/** What helm makes of the chart, or says of the values. */
function render(...values: string[]): Promise<{ ok: boolean; output: string }> {
  const args = ['template', 'hotpath', chart, '--namespace=hotpath', '--kube-version=1.36.0'];
  return new Promise((resolve) => {
    execFile(helm, [...args, ...values], { maxBuffer: 16 << 20 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, output: error ? stderr : stdout }),
    );
  });
}

async function objectsOf(...values: string[]): Promise<ReadonlyMap<string, ReadObject>> {
  const { ok, output } = await render(...values);
  if (!ok) throw new Error(output);
  const documents = parseAllDocuments(output).map((document) => document.toJS() as ReadObject | null);
  return byId(documents.filter((object) => object !== null));
}

/** Objects by kind and name. The hash in a ConfigMap's name is of another form in Helm, and as good. */
function byId(objects: readonly ReadObject[]): ReadonlyMap<string, ReadObject> {
  const names = catalogue.map(({ name }) => name).join('|');
  const text = JSON.stringify(objects).replaceAll(new RegExp(`"(${names})-[0-9a-f]{10}"`, 'g'), '"$1-HASH"');
  const plain: ReadObject[] = JSON.parse(text);
  return new Map(plain.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}

const environment = (name: string) => byId(readManifests(join(k8sFolder, name)));

test('at its defaults the chart is k8s/production-mesh, object by object, but for the namespace', async () => {
  const expected = new Map(environment('production-mesh'));
  expect(expected.size).toBeGreaterThan(60);
  const namespace = expected.get('Namespace hotpath');
  expected.delete('Namespace hotpath');
  const found = await objectsOf();
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [id, object] of expected) expect(found.get(id), id).toEqual(object);
  expect((await objectsOf('--set=createNamespace=true')).get('Namespace hotpath')).toEqual(namespace);
});

test('with transport mtls it is k8s/production-mtls', async () => {
  const found = await objectsOf('--set=transport=mtls,createNamespace=true');
  const expected = environment('production-mtls');
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [id, object] of expected) expect(found.get(id), id).toEqual(object);
});

test('a value changes what it is for, and a changed setting the name of the ConfigMap, so that pods roll', async () => {
  const text = async (...values: string[]) => (await render(...values)).output;
  const usual = await text();
  const changed = await text(
    '--set=image.repository=registry.example.com/shop,image.tag=2.0.0,image.pullPolicy=Always',
    '--set=replicas.least=4,replicas.most=9,resources.pricing.cpuMillis=150,resources.pricing.memoryMi=1024',
    '--set=database.networks={192.0.2.0/24,198.51.100.7/32},entrance.hosts={a.example.org,b.example.org}',
    '--set=entrance.gateway.name=edge,entrance.gateway.namespace=edges,settings.LOG_LEVEL=warn',
    '--set=monitoring.namespace=metrics,monitoring.serviceAccount=scraper',
  );
  const counts = (pattern: RegExp) => [usual, changed].map((text) => text.match(pattern)?.length ?? 0);
  expect(counts(/image: "?registry\.example\.com\/shop\/\w+:2\.0\.0"?\n/g)).toEqual([0, 7]);
  expect(counts(/imagePullPolicy: Always\n/g)).toEqual([0, 7]);
  expect(counts(/minReplicas: 4\n/g)).toEqual([0, 4]);
  expect(counts(/maxReplicas: 9\n/g)).toEqual([0, 4]);
  expect(counts(/cpu: 150m\n/g)).toEqual([0, 2]);
  expect(counts(/memory: 1024Mi\n/g)).toEqual([0, 4]);
  expect(counts(/--max-old-space-size=884 /g)).toEqual([0, 1]);
  expect(counts(/cidr: 198\.51\.100\.7\/32\n/g)).toEqual([0, 3]);
  expect(counts(/- "a\.example\.org"\n +- "b\.example\.org"\n/g)).toEqual([0, 1]);
  expect(counts(/name: "?edge"?\n +namespace: "?edges"?\n/g)).toEqual([0, 1]);
  expect(counts(/LOG_LEVEL: "?warn"?\n/g)).toEqual([0, 4]);
  expect(counts(/kubernetes\.io\/metadata\.name: "?metrics"?\n/g)[1]).toBeGreaterThan(3);
  const hash = (text: string) => /name: (gateway-[0-9a-f]{10})\n/.exec(text)?.[1];
  expect(hash(changed)).not.toBe(hash(usual));
  expect(await text('--set=transport=mtls,spiffeBase=spiffe://other.example/x')).toContain(
    'spiffe://other.example/x/pricing',
  );
});

test('with traces enabled the pods read where spans go and may send them there, and a change of it rolls them', async () => {
  const named = 'traces.service=otel,traces.namespace=telemetry,traces.port=4000';
  const texts = await Promise.all(
    ['0.25', '1'].map(
      async (ratio) => (await render(`--set=traces.enabled=true,${named},traces.ratio=${ratio}`)).output,
    ),
  );
  const names = texts.map((text) => {
    const [traces] = parseAllDocuments(text)
      .map((document) => document.toJS())
      .filter((object) => object?.data?.OTEL_EXPORTER_OTLP_ENDPOINT);
    expect(traces.data.OTEL_EXPORTER_OTLP_ENDPOINT).toBe('http://otel.telemetry:4000');
    expect(text.split(`name: ${traces.metadata.name}\n`)).toHaveLength(6); // itself, and in four Deployments
    return traces.metadata.name;
  });
  expect(new Set(names).size).toBe(2);
  const policy = (await objectsOf('--set=transport=mtls,traces.enabled=true', `--set=${named}`)).get(
    'NetworkPolicy traces',
  ) as { spec?: { egress?: { ports?: unknown; to?: unknown }[] } } | undefined;
  expect(policy?.spec?.egress).toEqual([
    {
      ports: [{ port: 4000, protocol: 'TCP' }],
      to: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'telemetry' } },
          podSelector: { matchLabels: { 'app.kubernetes.io/name': 'otel' } },
        },
      ],
    },
  ]);
});

describe('a wrong value is refused with its name', () => {
  test.each([
    ['transport=plaintext', '/transport'],
    ['transport=', '/transport'],
    ['image.repository=Hot Path', '/image/repository'],
    ['image.tag=a b', '/image/tag'],
    ['image.pullPolicy=Sometimes', '/image/pullPolicy'],
    ['image.name=hotpath', "/image.*'name'"],
    ['replicas.least=1', '/replicas/least'],
    ['replicas.least=many', '/replicas/least'],
    ['replicas.most=2.5', '/replicas/most'],
    ['replicas.least=11', 'replicas\\.least is 11, more than replicas\\.most, 10'],
    ['replicas.most=null', "/replicas.*'most'"],
    ['resources.pricing.cpuMillis=0', '/resources/pricing/cpuMillis'],
    ['resources.pricing.memoryMi=128', '/resources/pricing/memoryMi'],
    ['resources.pricing.memoryMi=1Gi', '/resources/pricing/memoryMi'],
    ['resources.cart.cpuMillis=100', "/resources.*'cart'"],
    ['settings.log-level=warn', '/settings.*log-level'],
    ['settings.DATABASE_POOL=20', '/settings/DATABASE_POOL'],
    ['database.networks={}', '/database/networks'],
    ['database.networks={db.example.com}', '/database/networks/0'],
    ['database.url=postgres://x', "/database.*'url'"],
    ['entrance.hosts=shop.example.com', '/entrance/hosts'],
    ['entrance.hosts={shop.example.com/path}', '/entrance/hosts/0'],
    ['entrance.gateway.name=Public', '/entrance/gateway/name'],
    ['monitoring.serviceAccount=a_b', '/monitoring/serviceAccount'],
    ['traces.enabled=maybe', '/traces/enabled'],
    ['traces.ratio=1.5', '/traces/ratio'],
    ['traces.port=0', '/traces/port'],
    ['traces.endpoint=http://x', "/traces.*'endpoint'"],
    ['spiffeBase=https://example.com', '/spiffeBase'],
    ['createNamespace=perhaps', '/createNamespace'],
    ['replica=3', "'replica'"],
  ])('%s', async (value, name) => {
    const { ok, output } = await render('--set', value);
    expect(ok).toBe(false);
    expect(output).toMatch(new RegExp(name));
  });
});
