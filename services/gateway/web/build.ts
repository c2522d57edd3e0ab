import { createHash, randomUUID } from 'node:crypto';
import { globSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

const here = fileURLToPath(new URL('.', import.meta.url));
const dist = join(here, 'dist');
const lockFile = fileURLToPath(new URL('../../../package-lock.json', import.meta.url));

/** What is built: the shop's pages, which everybody sees, and the console, which production has not. */
export type Pages = 'shop' | 'console';

/**
 * Builds the pages where what they are made of has changed since.
 * @param say told in a few words when it builds, which takes a second or two
 * @throws Error with what Vite says where a source is broken
 */
export async function ensurePages(say: (words: string) => void = () => {}): Promise<void> {
  const stamp = await stampOf();
  if ((await builtStamp()) === stamp) return;
  say('Building the pages');
  const folder = join(here, `.dist-${randomUUID()}`);
  const former = `${folder}-former`;
  try {
    for (const pages of ['shop', 'console'] as const) await buildPages(pages, join(folder, pages));
    await writeFile(join(folder, 'stamp'), stamp);
    await rename(dist, former).catch(unless('ENOENT'));
    // Another process that has built the same just now may be first.
    await rename(folder, dist).catch(unless('ENOTEMPTY'));
  } finally {
    await Promise.all([folder, former].map((path) => rm(path, { recursive: true, force: true })));
  }
}

/** Builds some pages into a folder, each file also compressed by Brotli. */
export async function buildPages(pages: Pages, outDir: string): Promise<void> {
  const { build } = await import('vite');
  const { NODE_ENV } = process.env;
  // Whoever builds makes the same pages: under a test's NODE_ENV they would name this folder, and be larger.
  process.env.NODE_ENV = 'production';
  try {
    await build({
      root: here,
      configFile: join(here, 'vite.config.ts'),
      mode: pages,
      logLevel: 'warn',
      build: { outDir, emptyOutDir: true },
    });
  } finally {
    // A shop that starts next would believe it.
    if (NODE_ENV) process.env.NODE_ENV = NODE_ENV;
    else delete process.env.NODE_ENV;
  }
  for (const file of globSync('**/*.{html,js,css}', { cwd: outDir })) {
    await writeFile(join(outDir, `${file}.br`), brotliCompressSync(await readFile(join(outDir, file))));
  }
}

/** Changes with anything that the pages are made of. */
async function stampOf(): Promise<string> {
  const files = globSync(['*.{html,ts,json}', 'src/**/*.{ts,tsx,css}'], { cwd: here }).sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(await readFile(join(here, file)));
  return hash.update(await readFile(lockFile)).digest('hex');
}

const builtStamp = () => readFile(join(dist, 'stamp'), 'utf8').catch(unless('ENOENT'));

function unless(code: string) {
  return (error: NodeJS.ErrnoException) => {
    if (error.code !== code) throw error;
    return undefined;
  };
}
