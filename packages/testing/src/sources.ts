import { cp, mkdir, mkdtemp, readdir, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What is no source: what is installed, the history, and data. */
const left = new Set(['node_modules', '.git', '.hotpath', '.hypothesis', '.venv']);

/** Copies this repository's sources as they are now to a new folder, with the dependencies that are installed here. */
export async function copySources(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hotpath-copy-'));
  await cp(root, folder, { recursive: true, filter: (path) => !left.has(basename(path)) });
  await linkDependencies(folder);
  return folder;
}

/** Gives sources in another folder the dependencies that are installed here, and its own workspaces. */
export async function linkDependencies(folder: string): Promise<void> {
  const own = join(folder, 'node_modules/@hotpath');
  await mkdir(own, { recursive: true });
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (name !== '@hotpath')
      await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  for (const workspace of await workspacesOf(folder)) {
    await symlink(join(folder, workspace), join(own, basename(workspace)));
  }
}

async function workspacesOf(folder: string): Promise<readonly string[]> {
  const { workspaces } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    workspaces: readonly string[];
  };
  const found = workspaces.map(async (pattern) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const parent = pattern.slice(0, -2);
    return (await readdir(join(folder, parent))).map((name) => join(parent, name));
  });
  return (await Promise.all(found)).flat();
}
