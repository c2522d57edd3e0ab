import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A virtual environment with what a requirements file pins, made once and kept under node_modules/.cache.
 * @returns the folder of its programs
 */
export async function pythonEnvironment(requirements: URL): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const folder = fileURLToPath(
    new URL(`../../../node_modules/.cache/hotpath/python-${hash}`, import.meta.url),
  );
  const bin = `${folder}/bin`;
  if (!existsSync(`${folder}/complete`)) {
    await run('python3', ['-m', 'venv', '--clear', folder]);
    await run(`${bin}/pip`, [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '-r',
      fileURLToPath(requirements),
    ]);
    await run('touch', [`${folder}/complete`]);
  }
  return bin;
}
