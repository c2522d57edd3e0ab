import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, sharedTables } from '@hotpath/database';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openServiceDatabase } from './service-database.ts';

const migrations = [sharedTables];
const closers: (() => Promise<void> | void)[] = [];
const problems: (string | undefined)[] = [];
let told = Promise.withResolvers<string | undefined>();
const context = {
  name: 'shelf',
  onClose: (close: () => Promise<void> | void) => void closers.push(close),
  setProblem(problem: string | undefined) {
    problems.push(problem);
    told.resolve(problem);
    told = Promise.withResolvers();
  },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'service-database-'));
  vi.stubEnv('HOTPATH_DATA', folder);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

test('it is migrated and seeded, and while it does not answer the service has a problem', {
  timeout: 30_000,
}, async () => {
  const seeded: Database[] = [];
  const db = await openServiceDatabase(context, { migrations, seed: async (one) => seeded.push(one) });
  expect(seeded).toEqual([db]);
  expect(await db.query('select 1 as one from idempotency')).toEqual([]);
  expect(await told.promise).toBeUndefined();
  await db.close();
  const lostAt = performance.now();
  while ((await told.promise) === undefined) {}
  expect(problems.at(-1)).toBe('the database does not answer');
  expect(performance.now() - lostAt).toBeLessThan(1_000);
});

test('production gets no demo data, and says so when it is asked to', { timeout: 30_000 }, async () => {
  vi.stubEnv('NODE_ENV', 'production');
  vi.stubEnv('DEMO_DATA', 'true');
  const seed = vi.fn(async () => {});
  await expect(openServiceDatabase(context, { migrations, seed })).rejects.toThrow(/Unset DEMO_DATA/);
  vi.stubEnv('DEMO_DATA', '');
  await openServiceDatabase(context, { migrations, seed });
  expect(seed).not.toHaveBeenCalled();
});
