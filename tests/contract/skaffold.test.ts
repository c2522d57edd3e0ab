import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { catalogue } from '../../cdk8s/src/catalogue.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFile(new URL(path, root), 'utf8');

/** The parts of skaffold/v4beta14 that we use; a word that it lacks here is no word of the schema's either. */
const manifests = z.strictObject({
  rawYaml: z.array(z.string()).optional(),
  kustomize: z.strictObject({ paths: z.array(z.string()), buildArgs: z.array(z.string()) }).optional(),
});
const sync = z.strictObject({ manual: z.array(z.strictObject({ src: z.string(), dest: z.string() })) });
const local = z.strictObject({ push: z.boolean(), useBuildkit: z.boolean() });
const release = z.strictObject({ name: z.string(), chartPath: z.string(), namespace: z.string() });
const port = z.int().min(1).max(65_535);
const Skaffold = z.strictObject({
  apiVersion: z.literal('skaffold/v4beta14'),
  kind: z.literal('Config'),
  metadata: z.strictObject({ name: z.string() }),
  build: z.strictObject({
    artifacts: z.array(
      z.strictObject({
        image: z.string(),
        docker: z.strictObject({ target: z.string(), buildArgs: z.record(z.string(), z.string()) }),
      }),
    ),
    tagPolicy: z.strictObject({ inputDigest: z.strictObject({}) }),
    local,
  }),
  manifests,
  deploy: z.strictObject({
    statusCheckDeadlineSeconds: z.int().min(1),
    kubectl: z.strictObject({
      hooks: z.strictObject({
        before: z.array(z.strictObject({ host: z.strictObject({ command: z.array(z.string()) }) })),
      }),
    }),
  }),
  portForward: z.array(
    z.strictObject({
      resourceType: z.literal('service'),
      resourceName: z.string(),
      namespace: z.string(),
      port,
      localPort: port,
    }),
  ),
  verify: z.array(
    z.strictObject({
      name: z.string(),
      timeout: z.int(),
      container: z.strictObject({
        name: z.string(),
        image: z.string(),
        command: z.array(z.string()),
        args: z.array(z.string()),
      }),
      executionMode: z.strictObject({ kubernetesCluster: z.strictObject({}) }),
    }),
  ),
  profiles: z.array(
    z.strictObject({
      name: z.string(),
      activation: z.array(z.strictObject({ command: z.enum(['dev', 'build', 'run']) })).optional(),
      patches: z
        .array(
          z.union([
            z.strictObject({
              op: z.literal('replace'),
              path: z.string().regex(/\/target$/),
              value: z.string(),
            }),
            z.strictObject({ op: z.literal('add'), path: z.string().regex(/\/sync$/), value: sync }),
            z.strictObject({ op: z.literal('replace'), path: z.literal('/manifests'), value: manifests }),
            z.strictObject({
              op: z.literal('replace'),
              path: z.literal('/deploy/kubectl/hooks/before/0/host/command'),
              value: z.array(z.string()),
            }),
            z.strictObject({
              op: z.literal('replace'),
              path: z.literal('/deploy'),
              value: z.strictObject({ helm: z.strictObject({ releases: z.array(release) }) }),
            }),
          ]),
        )
        .optional(),
      manifests: manifests.optional(),
      build: z.strictObject({ local }).optional(),
    }),
  ),
});

const skaffold = Skaffold.parse(parse(await read('skaffold.yaml')));
const names = catalogue.map(({ name }) => name);

test('skaffold builds the image of every workload, each profile by a target that the Dockerfile has', async () => {
  const { artifacts } = skaffold.build;
  expect(artifacts.map(({ image }) => image)).toEqual(names.map((name) => `hotpath/${name}`));
  expect(artifacts.map(({ docker }) => docker.buildArgs)).toEqual(names.map((SERVICE) => ({ SERVICE })));
  const targets = [...(await read('Dockerfile')).matchAll(/^FROM \S+ AS (\w+)$/gm)].map(([, name]) => name);
  const used = [
    ...artifacts.map(({ docker }) => docker.target),
    ...skaffold.profiles.flatMap(({ patches = [] }) =>
      patches.filter(({ path }) => path.endsWith('/target')),
    ),
  ].map((target) => (typeof target === 'string' ? target : target.value));
  for (const target of used) expect(targets).toContain(target);
  expect(targets.at(-1)).toBe('service'); // what a build without a target makes
});

test('skaffold dev changes every image, and copies sources to where the image has them', async () => {
  const dev = skaffold.profiles.find(({ name }) => name === 'dev');
  expect(dev?.activation).toEqual([{ command: 'dev' }]);
  const at = (field: string) => names.map((_, i) => `/build/artifacts/${i}/${field}`);
  const paths = dev?.patches?.map(({ path }) => path);
  expect(paths).toEqual([...at('docker/target'), ...at('sync'), '/manifests']);
  expect(await read('Dockerfile')).toContain('WORKDIR /app\n');
  const files = dev?.patches?.flatMap(({ value }) =>
    typeof value === 'object' && 'manual' in value ? value.manual : [],
  );
  expect(new Set(files?.map(({ dest }) => dest))).toEqual(new Set(['/app']));
});

test('what skaffold deploys is all of the manifests of one environment', async () => {
  const of = (name: string | undefined) => skaffold.profiles.find((profile) => profile.name === name);
  expect(skaffold.manifests).toEqual({ rawYaml: ['k8s/local-mtls/*.yaml'] });
  expect(of('mtls')?.manifests).toEqual(skaffold.manifests);
  expect(of('mesh')?.manifests).toEqual({ rawYaml: ['k8s/local-mesh/*.yaml'] });
  for (const transport of ['mtls', 'mesh']) {
    const folders = [`k8s/observability-${transport}`, `k8s/local-${transport}`];
    const profile = transport === 'mtls' ? 'observability' : 'observability-mesh';
    expect(of(profile)?.manifests).toEqual({ rawYaml: folders.map((folder) => `${folder}/*.yaml`) });
    for (const folder of folders) expect(await readdir(new URL(folder, root))).not.toEqual([]);
  }
  const { resources } = parse(await read('skaffold/dev/kustomization.yaml'));
  const files = (await readdir(new URL('k8s/local-mtls', root))).sort();
  expect(resources).toEqual(files.map((file) => `../../k8s/local-mtls/${file}`));
  const helm = of('helm')?.patches?.find(({ path }) => path === '/deploy')?.value;
  expect(helm).toMatchObject({ helm: { releases: [{ chartPath: 'charts/hotpath' }] } });
  expect(parse(await read('charts/hotpath/Chart.yaml')).name).toBe('hotpath');
});

test('skaffold forwards the ports of the services, and its hook is an npm script', async () => {
  const services = catalogue.filter(({ port }) => port.name === 'grpc');
  expect(
    skaffold.portForward.map(({ resourceName, port, localPort }) => [resourceName, port, localPort]),
  ).toEqual(services.map(({ name, port }) => [name, port.number, port.number]));
  const { scripts } = JSON.parse(await read('package.json'));
  const [hook] = skaffold.deploy.kubectl.hooks.before;
  expect(hook?.host.command.slice(0, 3)).toEqual(['npm', 'run', '--silent']);
  expect(scripts).toHaveProperty([hook?.host.command.at(-1) as string]);
});
