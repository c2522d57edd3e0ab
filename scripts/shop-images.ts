import { readFileSync } from 'node:fs';
import { run } from './programs.ts';
import { type ProcessName, processNames } from './shop.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** The image of one of the shop's processes. */
export const imageOf = (name: ProcessName) => `hotpath/${name}:${version}`;

/** All four. */
export const images: readonly string[] = processNames.map(imageOf);

/** Builds them by docker, on the base NODE_IMAGE where that is set. */
export async function buildImages(): Promise<void> {
  const revision = await run('git', ['rev-parse', 'HEAD'], { capture: true }).catch(() => 'unknown');
  const base = process.env.NODE_IMAGE;
  for (const name of processNames) {
    const settings = {
      SERVICE: name,
      VERSION: version,
      REVISION: revision.trim(),
      ...(base && { NODE_IMAGE: base }),
    };
    const args = Object.entries(settings).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
    await run('docker', ['build', '--tag', imageOf(name), ...args, '.']);
  }
}
