import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openDatabase } from './open.ts';
import type { Database } from './port.ts';

/** An adapter as the contract suite opens it: an empty database and what removes it again. */
interface Adapter {
  readonly name: string;
  open(): Promise<{ db: Database; remove(): Promise<void> }>;
}

/** Every adapter behind the port; the contract suite runs once for each. */
export const adapters: readonly Adapter[] = [
  {
    name: 'PGlite in memory',
    async open() {
      const db = await openDatabase({ folder: undefined });
      return { db, remove: () => db.close() };
    },
  },
  {
    name: 'PGlite in a folder',
    async open() {
      const folder = await mkdtemp(join(tmpdir(), 'hotpath-'));
      const db = await openDatabase({ folder });
      const remove = async () => {
        await db.close();
        await rm(folder, { recursive: true });
      };
      return { db, remove };
    },
  },
];

/** An empty folder, removed when the test has ended. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hotpath-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
