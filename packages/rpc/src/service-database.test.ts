import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, migrate, openDatabase, sharedTables } from '@hotpath/database';
import { startPostgres } from '@hotpath/testing';
import { describeOwnPostgres, describePostgres, testDatabaseUrl } from '@hotpath/testing/vitest';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { openServiceDatabase } from './service-database.ts';

const away = 'the database does not answer';
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

/** Resolves when the service is told that problem, or that there is none. @returns ms until then */
async function until(problem: string | undefined): Promise<number> {
  const from = performance.now();
  while ((await told.promise) !== problem) {}
  return performance.now() - from;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'service-database-'));
  vi.stubEnv('HOTPATH_DATA', folder);
  vi.stubEnv('DATABASE_URL', '');
  problems.length = 0;
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
  await until(undefined);
  await db.close();
  expect(await until(away)).toBeLessThan(1_000);
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

describePostgres('on a PostgreSQL server', () => {
  test('it is neither migrated nor seeded; where migrations are missing the start says which, and what to do', async () => {
    const url = await testDatabaseUrl();
    vi.stubEnv('DATABASE_URL', url);
    const seed = vi.fn(async () => {});
    await expect(openServiceDatabase(context, { migrations, seed })).rejects.toThrow(
      /0001_idempotency\.sql.*npm run migrate -w services\/shelf/,
    );
    const owner = await openDatabase({ url, poolMax: 1 });
    onTestFinished(() => owner.close());
    expect(await owner.query("select to_regclass('migrations') as migrations")).toEqual([
      { migrations: null },
    ]);
    await migrate(owner, migrations);
    const db = await openServiceDatabase(context, { migrations, seed });
    expect(await db.query('select 1 as one from idempotency')).toEqual([]);
    expect(seed).not.toHaveBeenCalled();
  });

  test('a start that still waits can be ended', async () => {
    vi.stubEnv('DATABASE_URL', 'postgres://me@127.0.0.1:9/shelf');
    const opening = openServiceDatabase(context, { migrations });
    const refused = expect(opening).rejects.toThrow(/./);
    await until(away);
    for (const close of closers.splice(0).reverse()) await close();
    await refused;
  });
});

describeOwnPostgres('on a PostgreSQL server that goes away', () => {
  test('a start waits for a server that is not there yet; one that is lost is told within 1 s, and when it is back', async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const url = await server.createDatabase();
    vi.stubEnv('DATABASE_URL', url);
    const owner = await openDatabase({ url, poolMax: 1 });
    await migrate(owner, migrations);
    await owner.close();

    await server.kill();
    const opening = openServiceDatabase(context, { migrations });
    await until(away);
    await server.restart();
    const db = await opening;
    expect(problems.at(-1)).toBeUndefined();

    const lost = until(away);
    await server.kill();
    expect(await lost).toBeLessThan(1_000);
    await expect(db.query('select 1')).rejects.toThrow(/./);
    await server.restart();
    expect(await until(undefined)).toBeLessThan(1_000);
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }]);
  });
});
