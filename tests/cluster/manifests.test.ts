import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  environments,
  type KubeObject,
  k8sFolder,
  observabilities,
  type ReadObject,
  readManifests,
} from '@hotpath/cdk8s';
import { go } from '@hotpath/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { run } from '../../scripts/programs.ts';

/** The namespace that stands in for one, for a moment; the shop itself is deployed beside it. */
const scratch = (namespace: string) => `${namespace}-manifests`;

/** Where the types come from that are not Kubernetes' own: modules, and folders in them. */
const typesOfOthers = [
  {
    module: 'sigs.k8s.io/gateway-api@v1.5.1',
    folder: 'config/crd/standard',
    files: /(grpc|http)routes\.yaml$/,
  },
  {
    module: 'github.com/cert-manager/cert-manager@v1.21.2',
    folder: 'deploy/crds',
    files: /cert-manager\.io_(certificates|issuers)\.yaml$/,
  },
];

const namespaces = ['hotpath', 'observability'];
let crds: string[];

beforeAll(async () => {
  const fetched = await Promise.all(
    typesOfOthers.map(async ({ module, folder, files }) => {
      const { Dir: root } = JSON.parse(await go('', 'mod', 'download', '-json', module));
      const names = await readdir(join(root, folder));
      return names.filter((name) => files.test(name)).map((name) => join(root, folder, name));
    }),
  );
  crds = [...fetched.flat(), 'tests/cluster/linkerd-crds.yaml'];
  for (const file of crds) await kubectl('apply', '--server-side', '--filename', file);
  // Of a type that was made just now the conditions may not be there yet, which `kubectl wait` takes for an error.
  const established = () => kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s');
  await vi.waitFor(established, { timeout: 60_000, interval: 500 });
});

afterAll(async () => {
  await kubectl('delete', 'namespace', ...namespaces.map(scratch), '--ignore-not-found', '--timeout=60s');
  for (const file of crds) await kubectl('delete', '--ignore-not-found', '--filename', file);
});

test.each(environments)('the API server takes all of k8s/$name, and warns of nothing', async ({ name }) => {
  const objects = readManifests(join(k8sFolder, name));
  expect(objects.length).toBeGreaterThan(20);
  await dryRun(objects);
});

test.each(observabilities)('it takes all of k8s/$name, and warns of nothing', async ({ name, shop }) => {
  const [namespace] = readManifests(join(k8sFolder, shop.name));
  const objects = readManifests(join(k8sFolder, name));
  expect(objects.length).toBeGreaterThan(20);
  await dryRun([...(namespace ? [namespace] : []), ...objects]);
});

test('a pod with too many rights, a misspelt field and an unknown port are seen', async () => {
  const objects = readManifests(join(k8sFolder, 'production-mesh'));
  const change = (kind: string, from: string, to: string) =>
    objects.map((object) =>
      object.kind === kind ? JSON.parse(JSON.stringify(object).replace(from, to)) : object,
    );
  const rights = change('Deployment', '"runAsNonRoot":true', '"runAsNonRoot":false');
  await expect(dryRun(rights)).rejects.toThrow(/violate PodSecurity "restricted/);
  const misspelt = change('Server', '"proxyProtocol"', '"proxyProtokol"');
  await expect(dryRun(misspelt)).rejects.toThrow(/unknown field "(spec\.)?proxyProtokol"/);
  const port = change('GRPCRoute', '"kind":"Server"', '"kind":"Server","port":70000');
  await expect(dryRun(port)).rejects.toThrow(/port.*65535/);
});

/** Lets the API server judge objects without storing them, but for their namespaces, which judge pods. */
async function dryRun(objects: readonly ReadObject[]): Promise<void> {
  const moved = objects.map(({ metadata, ...object }) => {
    const { name, namespace } = metadata;
    const inScratch = namespace ? { namespace: scratch(namespace) } : { name: scratch(name) };
    return { ...object, metadata: { ...metadata, ...inScratch } };
  });
  const isNamespace = ({ kind }: KubeObject) => kind === 'Namespace';
  for (const namespace of moved.filter(isNamespace))
    await kubectlReading(namespace, 'apply', '--filename', '-');
  const free = JSON.parse(
    JSON.stringify(moved.filter((object) => !isNamespace(object))).replaceAll(
      '"nodePort":30080',
      '"nodePort":30081',
    ),
  );
  const list = { apiVersion: 'v1', kind: 'List', items: free };
  await kubectlReading(
    list,
    'create',
    '--dry-run=server',
    '--validate=strict',
    '--warnings-as-errors',
    '--filename',
    '-',
  );
}

const kubectl = (...args: string[]) => run('kubectl', args, { capture: true });
const kubectlReading = (object: object, ...args: string[]) =>
  run('kubectl', args, { capture: true, input: JSON.stringify(object) });
