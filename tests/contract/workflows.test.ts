import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { catalogue } from '../../cdk8s/src/catalogue.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFile(new URL(path, root), 'utf8');

/** The words of GitHub's workflows that ours use; one that this lacks here is mistyped or new. */
const permissions = z.strictObject({
  contents: z.literal('read'),
  packages: z.literal('write').optional(),
});
const step = z
  .strictObject({
    name: z.string().optional(),
    if: z.string().optional(),
    uses: z.string().optional(),
    with: z.record(z.string(), z.unknown()).optional(),
    run: z.string().optional(),
  })
  .refine(({ uses, run }) => (uses === undefined) !== (run === undefined), 'a step either uses or runs');
const Workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions,
  concurrency: z.unknown().optional(),
  jobs: z.record(
    z.string(),
    z.union([
      z.strictObject({ uses: z.string() }),
      z.strictObject({
        needs: z.string().optional(),
        'runs-on': z.string().regex(/^ubuntu-\d\d\.\d\d$/),
        'timeout-minutes': z.int(),
        permissions: permissions.optional(),
        container: z.strictObject({ image: z.string(), options: z.string() }).optional(),
        strategy: z.strictObject({ matrix: z.record(z.string(), z.array(z.string())) }).optional(),
        env: z.record(z.string(), z.string()).optional(),
        steps: z.array(step),
      }),
    ]),
  ),
});
type Job = z.infer<typeof Workflow>['jobs'][string];

const folder = '.github/workflows/';
const files = await readdir(new URL(folder, root));
const load = async (file: string) => Workflow.parse(parse(await read(`${folder}${file}`)));
const stepsOf = (...jobs: Job[]) => jobs.flatMap((job) => ('steps' in job ? job.steps : []));
const allSteps = async (file: string) => stepsOf(...Object.values((await load(file)).jobs));

test.each(files)('%s may read this repository, and only a release may write packages', async (file) => {
  const { jobs, permissions } = await load(file);
  expect(permissions).toEqual({ contents: 'read' });
  const writing = Object.values(jobs).filter((job) => 'steps' in job && job.permissions?.packages);
  expect(writing).toHaveLength(file === 'release.yml' ? 2 : 0);
});

test.each(files)('every action of %s is pinned to a commit, with its version beside it', async (file) => {
  const text = await read(`${folder}${file}`);
  const uses = [...text.matchAll(/uses: (.*)$/gm)].map(([, used]) => used ?? '');
  expect(uses.length).toBeGreaterThan(0);
  for (const used of uses) {
    if (used.startsWith('./')) expect(existsSync(new URL(used, root)), used).toBe(true);
    else expect(used).toMatch(/^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  }
});

test('one action has one version in all workflows', async () => {
  const texts = await Promise.all(files.map((file) => read(`${folder}${file}`)));
  const pins = new Set(
    texts.flatMap((text) => [...text.matchAll(/uses: (\w.*)$/gm)].map(([, used]) => used)),
  );
  const actions = [...pins].map((pin) => pin?.split('@')[0]);
  expect(actions).toEqual([...new Set(actions)]);
});

test.each(files)('what %s runs of this repository is there', async (file) => {
  const { scripts } = JSON.parse(await read('package.json'));
  for (const { run = '', with: settings } of await allSteps(file)) {
    for (const [, script] of run.matchAll(/npm run (?:-s )?([\w:-]+)/g)) {
      expect(Object.keys(scripts)).toContain(script);
    }
    for (const [, path = ''] of run.matchAll(/(?:bash|package) ([\w./-]+)/g)) {
      expect(existsSync(new URL(path, root)), path).toBe(true);
    }
    const config = settings?.config;
    if (typeof config === 'string') expect(existsSync(new URL(config, root)), config).toBe(true);
  }
});

test('changes are judged by .ci/run and the cluster tests, and a release by all of that', async () => {
  const runs = (await allSteps('ci.yml')).map(({ run }) => run);
  expect(runs).toContain('bash .ci/run');
  expect(runs.some((run) => run?.startsWith('npm run test:cluster'))).toBe(true);
  const { jobs } = await load('release.yml');
  expect(jobs.checks).toEqual({ uses: './.github/workflows/ci.yml' });
  expect(jobs.images).toMatchObject({ needs: 'checks' });
});

test('a release has an image of every workload, with SBOM and provenance, and the chart', async () => {
  const { images, chart } = (await load('release.yml')).jobs;
  expect(images).toMatchObject({ strategy: { matrix: { service: catalogue.map(({ name }) => name) } } });
  const build = stepsOf(images as Job).at(-1);
  expect(build?.with).toMatchObject({ sbom: true, provenance: 'mode=max', target: 'service', push: true });
  const [...args] = String(build?.with?.['build-args']).matchAll(/^(\w+)=/gm);
  const declared = [...(await read('Dockerfile')).matchAll(/^ARG (\w+)/gm)].map(([, name]) => name);
  for (const [, name] of args) expect(declared).toContain(name);
  expect(JSON.stringify(chart)).toContain('helm push');
});

test('issues are reported by forms, which GitHub can read', async () => {
  const element = z.strictObject({
    type: z.literal('textarea'),
    attributes: z.strictObject({ label: z.string(), description: z.string().optional() }),
    validations: z.strictObject({ required: z.boolean() }).optional(),
  });
  const Form = z.strictObject({ name: z.string(), description: z.string(), body: z.array(element).min(1) });
  const forms = (await readdir(new URL('.github/ISSUE_TEMPLATE/', root))).filter(
    (file) => file !== 'config.yml',
  );
  expect(forms.length).toBeGreaterThan(0);
  for (const form of forms) Form.parse(parse(await read(`.github/ISSUE_TEMPLATE/${form}`)));
});

test('the container of an editor has the Node of this repository, and runs scripts that are there', async () => {
  const container = JSON.parse(await read('.devcontainer/devcontainer.json'));
  const { optionalDependencies } = JSON.parse(await read('package.json'));
  expect(container.image).toContain(`:${optionalDependencies.node.split('.')[0]}-`);
  const [, script] = /^bash (\S+)$/.exec(container.onCreateCommand) ?? [];
  expect(existsSync(new URL(script ?? 'none', root))).toBe(true);
});

test.each(['package-lock.json', 'bench/package-lock.json'])(
  '%s names no registry, so that any serves it',
  async (file) => {
    const { packages } = JSON.parse(await read(file)) as {
      packages: Record<string, { resolved?: string; link?: boolean }>;
    };
    const named = Object.entries(packages).filter(
      ([, { resolved, link }]) => resolved !== undefined && !link,
    );
    expect(named).toEqual([]);
  },
);
