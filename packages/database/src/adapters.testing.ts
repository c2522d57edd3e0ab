import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describePostgres, testDatabaseUrl } from '@hotpath/testing/vitest';
import { describe, onTestFinished } from 'vitest';
import { openDatabase } from './open.ts';
import type { Database } from './port.ts';

/** Opens an empty database; `remove` closes and removes it. */
export type OpenEmpty = () => Promise<{ db: Database; remove(): Promise<void> }>;

const adapters = {
  async 'PGlite in memory'() {
    const db = await openDatabase({ folder: undefined });
    return { db, remove: () => db.close() };
  },
  async 'PGlite in a folder'() {
    const folder = await mkdtemp(join(tmpdir(), 'hotpath-'));
    const db = await openDatabase({ folder });
    const remove = async () => {
      await db.close();
      await rm(folder, { recursive: true });
    };
    return { db, remove };
  },
  async PostgreSQL() {
    const db = await openDatabase({ url: await testDatabaseUrl(), poolMax: 10 });
    return { db, remove: () => db.close() };
  },
} satisfies Record<string, OpenEmpty>;

/** Every adapter behind the port. */
export const allAdapters = Object.keys(adapters) as (keyof typeof adapters)[];
/** Each engine once: for what builds on the port. */
export const engines = ['PGlite in memory', 'PostgreSQL'] as const;

/** Runs the same tests over several adapters. Those over PostgreSQL are skipped where there is no server. */
export function describeOn(
  names: readonly (keyof typeof adapters)[],
  tests: (open: OpenEmpty) => void,
): void {
  for (const name of names) {
    (name === 'PostgreSQL' ? describePostgres : describe)(name, () => tests(adapters[name]));
  }
}

/** An empty folder, removed when the test has ended. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hotpath-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
