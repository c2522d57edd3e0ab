import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callersOf, callGraph, services } from '@hotpath/contracts';
import { environments } from './environments.ts';
import { observabilities, synthesiseObservability } from './observability/synthesise.ts';
import { synthesise, toYaml } from './synthesise.ts';

/** The folder that the manifests are written to. */
export const k8sFolder = fileURLToPath(new URL('../../k8s', import.meta.url));

/** A difference between a folder and what belongs in it. */
export type Stale = { readonly file: string; readonly problem: 'missing' | 'changed' | 'unknown' };

/** All manifests, by their path below that folder. */
export function manifests(): ReadonlyMap<string, string> {
  const folders = [
    ...environments.map((one) => [one.name, synthesise(one)] as const),
    ...observabilities.map((one) => [one.name, synthesiseObservability(one)] as const),
  ];
  return new Map([
    ['README.md', readme()],
    ...folders.flatMap(([folder, files]) =>
      [...files].map(([file, objects]) => [join(folder, file), toYaml(objects)] as const),
    ),
  ]);
}

/** What the folders are, and whom their policies let call what. */
function readme(): string {
  const rows = services.flatMap(({ methods }) =>
    Object.values(methods).map(({ path }) => {
      const callers = [...callersOf(callGraph, path)].sort().join(', ');
      return `| \`${path.slice(1)}\` | ${callers || 'nobody'} |`;
    }),
  );
  return [
    '# Manifests',
    '',
    'Written by `npm run synth` from cdk8s/: change them there. [docs/kubernetes.md](../docs/kubernetes.md) says what each folder is for.',
    '',
    'By packages/contracts/src/call-graph.ts, and so by the policies here and the certificates of the services:',
    '',
    '| RPC | called by |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** Where a folder does not hold those files, or others. */
export function staleIn(folder: string, wanted: ReadonlyMap<string, string>): readonly Stale[] {
  const present = new Map(filesIn(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
  return [
    ...[...wanted].flatMap(([file, text]): Stale[] => {
      if (present.get(file) === text) return [];
      return [{ file, problem: present.has(file) ? 'changed' : 'missing' }];
    }),
    ...[...present.keys()]
      .filter((file) => !wanted.has(file))
      .map((file): Stale => ({ file, problem: 'unknown' })),
  ];
}

/** Makes a folder hold those files and no others. @returns what had to change */
export function write(folder: string, wanted: ReadonlyMap<string, string>): readonly Stale[] {
  const stale = staleIn(folder, wanted);
  for (const { file, problem } of stale) {
    const path = join(folder, file);
    if (problem === 'unknown') {
      rmSync(path);
      continue;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, wanted.get(file) as string);
  }
  return stale;
}

function filesIn(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
