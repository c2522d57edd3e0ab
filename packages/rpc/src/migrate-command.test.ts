import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Database, openDatabase, sharedTables } from '@hotpath/database';
import { describePostgres, testDatabaseUrl } from '@hotpath/testing/vitest';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { migrateServiceDatabase } from './migrate-command.ts';

let folder: string;
const printed = { out: '', err: '' };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrate-'));
  for (const [key, stream] of [
    ['out', process.stdout],
    ['err', process.stderr],
  ] as const) {
    printed[key] = '';
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      printed[key] += String(text);
      return true;
    });
  }
  for (const name of ['DATABASE_URL', 'DATABASE_RUN_ROLE', 'DEMO_DATA', 'NODE_ENV']) vi.stubEnv(name, '');
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Runs the command of a service whose own migrations are the files of the folder. @returns its exit code */
async function command(seed?: (db: Database) => Promise<unknown>): Promise<number> {
  const own = { name: 'shelf', folder: pathToFileURL(`${folder}/`) };
  await migrateServiceDatabase({ name: 'shelf', migrations: [sharedTables, own], ...(seed && { seed }) });
  const { exitCode } = process;
  process.exitCode = undefined;
  return Number(exitCode ?? 0);
}

test('without a server it says that there is nothing to do for it', async () => {
  expect(await command()).toBe(1);
  expect(printed).toEqual({ out: '', err: expect.stringMatching(/^shelf: DATABASE_URL is not set: .*\n$/) });
});

test('a URL of something else is refused without being shown', async () => {
  vi.stubEnv('DATABASE_URL', 'mysql://me:secret@127.0.0.1/shelf');
  expect(await command()).toBe(1);
  expect(printed.err).toMatch(
    /^shelf: wrong settings in the environment: DATABASE_URL: must be postgres:.*\n$/,
  );
  expect(printed.err).not.toContain('secret');
});

describePostgres('on a PostgreSQL server', () => {
  let db: Database;
  beforeEach(async () => {
    const url = await testDatabaseUrl();
    vi.stubEnv('DATABASE_URL', url);
    db = await openDatabase({ url, poolMax: 1 });
    onTestFinished(() => db.close());
  });

  test('it prints each file that it applies, and then that there is none', async () => {
    await writeFile(join(folder, '0001_shelves.sql'), 'create table shelves (id int);');
    expect(await command()).toBe(0);
    const lines = printed.out.trimEnd().split('\n');
    expect(lines).toContain('shelf: 0001_idempotency.sql');
    expect(lines.at(-1)).toBe('shelf: 0001_shelves.sql');
    printed.out = '';
    expect(await command()).toBe(0);
    expect(printed).toEqual({ out: 'shelf: up to date\n', err: '' });
  });

  test('a file that fails is one line with its name and line, and exit 1', async () => {
    await writeFile(
      join(folder, '0001_shelves.sql'),
      'create table shelves (id int);\n\ncreate tabel more ();\n',
    );
    expect(await command()).toBe(1);
    expect(printed.err).toMatch(/^shelf: .*0001_shelves\.sql:3: .*tabel.*\n$/);
    expect(await db.query("select to_regclass('shelves') as shelves")).toEqual([{ shelves: null }]);
  });

  test('the role that is to run the service gets its rows, but no say in the schema', async () => {
    const role = `runs_${process.pid}_${Date.now()}`;
    await db.script(`create role ${role} login password 'runs'`);
    onTestFinished(() => db.script(`drop owned by ${role}; drop role ${role}`));
    await writeFile(join(folder, '0001_shelves.sql'), 'create table shelves (id int);');
    vi.stubEnv('DATABASE_RUN_ROLE', role);
    expect(await command()).toBe(0);
    const url = new URL(process.env.DATABASE_URL ?? '');
    url.username = role;
    url.password = 'runs';
    const own = await openDatabase({ url: url.href, poolMax: 1 });
    onTestFinished(() => own.close());
    expect(await own.query('insert into shelves values (1) returning id')).toEqual([{ id: 1 }]);
    await expect(own.script('alter table shelves add column name text')).rejects.toThrow(/must be owner/);
    await expect(own.script('create table mine ()')).rejects.toThrow(/permission denied/);
  });

  test('it fills in demo data, but not where it is told not to, nor in production', async () => {
    const seed = vi.fn(async () => {});
    for (const [DEMO_DATA, NODE_ENV, seeds] of [
      ['', '', 1],
      ['false', '', 0],
      ['', 'production', 0],
    ] as const) {
      vi.stubEnv('DEMO_DATA', DEMO_DATA);
      vi.stubEnv('NODE_ENV', NODE_ENV);
      seed.mockClear();
      expect(await command(seed)).toBe(0);
      expect(seed).toHaveBeenCalledTimes(seeds);
    }
    vi.stubEnv('DEMO_DATA', 'true');
    expect(await command(seed)).toBe(1);
    expect(printed.err).toMatch(/Unset DEMO_DATA/);
  });
});
