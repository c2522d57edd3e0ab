import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Runs the go command, which puts programs into the folder `bin`.
 * @returns what it prints. Rejects, saying what to install, where there is no Go.
 */
export async function go(bin: string, ...args: string[]): Promise<string> {
  try {
    const { stdout } = await run('go', args, { env: { ...process.env, GOBIN: bin, CGO_ENABLED: '0' } });
    return stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(
      `${args.at(-1)} is built from source: install Go (https://go.dev/doc/install), then run this again`,
    );
  }
}

/**
 * Builds a Go program once and keeps it under node_modules/.cache.
 * @param program its package and version: `example.org/cmd/tool@v1.2.3`
 * @returns the path of the program
 */
export async function goProgram(program: string): Promise<string> {
  const [path, version] = program.split('@') as [string, string];
  const name = basename(path);
  const folder = fileURLToPath(
    new URL(`../../../node_modules/.cache/hotpath/${name}-${version}`, import.meta.url),
  );
  if (!existsSync(join(folder, name))) {
    console.log(`Building ${program} ...`);
    await go(folder, 'install', program);
  }
  return join(folder, name);
}
