import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../programs.ts';
import type { Draft } from './draft.ts';

/** What is made from the drafted files, by which command. Each of them writes these folders and no others. */
export const derived = [
  { what: 'generated code', script: 'scripts/generate.ts', folder: 'packages/contracts/src/generated' },
  { what: 'manifests and chart', script: 'cdk8s/src/synth.ts', folder: 'k8s' },
  { what: 'manifests and chart', script: 'cdk8s/src/synth.ts', folder: 'charts' },
  { what: 'dashboards and alerts', script: 'packages/dashboards/src/run.ts', folder: 'dashboards' },
] as const;

/**
 * Writes a draft, formats it, makes what derives from it and sees that budgets hold: all of it, or nothing. When a
 * step fails, or SIGINT or SIGTERM comes, every file is as it was.
 * @param say told of each step before it is done
 * @throws Error with the words of the step that failed
 */
export async function apply(root: string, draft: Draft, say: (step: string) => void): Promise<void> {
  const paths = [...draft.changed.keys()];
  const undo = remember(root, [...paths, ...derived.map(({ folder }) => folder)]);
  let stopped: string | undefined;
  const stop = (signal: string) => {
    stopped = signal;
  };
  const step = async (what: string, work: () => unknown) => {
    say(what);
    await work();
    if (stopped) throw new Error(`${what} is the last step that was done`);
  };
  const node = (...args: string[]) => run(process.execPath, args, { capture: true });
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    await step(`${paths.length} files`, () => {
      for (const [path, text] of draft.changed) put(join(root, path), text);
    });
    const formatted = paths.filter((path) => /\.(ts|json)$/.test(path) && path !== 'package-lock.json');
    await step('format', () =>
      node('node_modules/@biomejs/biome/bin/biome', 'check', '--write', ...formatted),
    );
    for (const script of new Set(derived.map(({ script }) => script))) {
      await step(derived.find((one) => one.script === script)?.what ?? script, () => node(script));
    }
    await step('budgets', () => node('scripts/budgets.ts'));
  } catch (error) {
    undo();
    const why = stopped ? `stopped by ${stopped}` : (error as Error).message;
    throw new Error(`${why}\nEvery file is as it was.`);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** @returns what makes these files and folders what they are now */
function remember(root: string, paths: readonly string[]): () => void {
  const files = () => paths.flatMap((path) => filesIn(join(root, path)));
  const before = new Map(files().map((file) => [file, readFileSync(file)]));
  const folders = new Set(paths.flatMap((path) => missingFolders(join(root, path))));
  return () => {
    for (const file of files()) if (!before.has(file)) rmSync(file);
    for (const [file, content] of before) {
      if (!existsSync(file) || !readFileSync(file).equals(content)) put(file, content);
    }
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  };
}

function filesIn(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path).flatMap((name) => filesIn(join(path, name)));
}

/** The folders that a file needs and that are not there. */
function missingFolders(file: string): readonly string[] {
  const folder = dirname(file);
  return existsSync(folder) ? [] : [folder, ...missingFolders(folder)];
}

function put(file: string, content: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
