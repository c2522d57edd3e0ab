import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describePostgres, testDatabaseUrl } from '@hotpath/testing/vitest';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { describeOn, engines, temporaryFolder } from './adapters.testing.ts';
import type { MigrationError } from './errors.ts';
import { checkMigrated, type MigrationSet, migrate, sharedTables } from './migrate.ts';
import { openDatabase } from './open.ts';
import type { Database } from './port.ts';

/** A set of migrations made of these files. */
async function setOf(files: Record<string, string>, name = 'shop'): Promise<MigrationSet & { path: string }> {
  const path = join(await temporaryFolder(), name);
  await mkdir(path);
  for (const [file, sql] of Object.entries(files)) await writeFile(join(path, file), sql);
  return { name, path, folder: new URL(`${pathToFileURL(path).href}/`) };
}

const items = { '0001_items.sql': 'create table items (id int);\ninsert into items values (1);\n' };
describeOn(engines, (open) => {
  let db: Database;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    ({ db, remove } = await open());
  }, 60_000);
  afterAll(() => remove());
  beforeEach(() => db.script('drop schema public cascade; create schema public'));

  const failure = (sets: MigrationSet[]): Promise<MigrationError> =>
    migrate(db, sets).then(
      () => expect.unreachable(),
      (error: MigrationError) => error,
    );

  test('applies each file once, in order, and what is added later', async () => {
    const set = await setOf({ ...items, '0002_more.sql': 'insert into items select id + 1 from items' });
    expect(await migrate(db, [set])).toEqual(['0001_items.sql', '0002_more.sql']);
    expect(await migrate(db, [set])).toEqual([]);
    await writeFile(join(set.path, '0003_most.sql'), 'insert into items select id + 2 from items');
    expect(await migrate(db, [set])).toEqual(['0003_most.sql']);
    expect(await db.query('select count(*) from items')).toEqual([{ count: 4n }]);
  });

  test('keeps sets apart by their name', async () => {
    const other = await setOf({ '0001_others.sql': 'create table others ()' }, 'other');
    expect(await migrate(db, [await setOf(items), other])).toEqual(['0001_items.sql', '0001_others.sql']);
  });

  test('many at once apply each file once', async () => {
    const set = await setOf(items);
    const applied = await Promise.all(Array.from({ length: 10 }, () => migrate(db, [sharedTables, set])));
    expect(applied.flat().filter((file) => file === '0001_items.sql')).toHaveLength(1);
    expect(await db.query('select id from items')).toEqual([{ id: 1 }]);
  });

  test('a failing file leaves nothing behind and is named with its line', async () => {
    const set = await setOf({
      ...items,
      '0002_bad.sql': `-- ${'\u{1F600}'.repeat(40)}, each one character\ncreate table kept (id int);\n\nselect * from nowhere;\n`,
    });
    expect(await failure([set])).toMatchObject({
      name: 'MigrationError',
      file: '0002_bad.sql',
      line: 4,
      message: 'Migration 0002_bad.sql:4: relation "nowhere" does not exist',
    });
    expect(await db.query(`select to_regclass('kept') as kept, count(*) from migrations`)).toEqual([
      { kept: null, count: 1n },
    ]);
  });

  test('a failure without a place still names the file', async () => {
    const set = await setOf({ '0001_bad.sql': 'select 1 / 0' });
    expect(await failure([set])).toMatchObject({ file: '0001_bad.sql', line: undefined });
  });

  test('refuses an applied file that was changed, and one that was renamed and changed', async () => {
    const set = await setOf(items);
    await migrate(db, [set]);
    await writeFile(join(set.path, '0001_items.sql'), 'create table items (id bigint)');
    expect((await failure([set])).message).toContain('already applied and changed since');
    await rename(join(set.path, '0001_items.sql'), join(set.path, '0001_things.sql'));
    expect((await failure([set])).message).toContain('already applied as 0001_items.sql');
  });

  test.each([
    ['a gap', { ...items, '0003_more.sql': '' }, '0003_more.sql'],
    ['a duplicate', { ...items, '0001_other.sql': '' }, '0001_other.sql'],
    ['no number', { ...items, 'more.sql': '' }, 'more.sql'],
  ])('refuses %s before it applies anything', async (_, files, file) => {
    expect(await failure([await setOf(files)])).toMatchObject({ name: 'MigrationError', file });
    expect(await db.query(`select to_regclass('items') as items`)).toEqual([{ items: null }]);
  });

  test('runs on a database that is ahead of its files', async () => {
    const set = await setOf({ ...items, '0002_more.sql': 'alter table items add column note text' });
    await migrate(db, [set]);
    await rm(join(set.path, '0002_more.sql'));
    expect(await migrate(db, [set])).toEqual([]);
  });

  test('a database is checked for every migration, by file and by content', async () => {
    const set = await setOf({ ...items, '0002_more.sql': 'alter table items add column note text' });
    const checked = () => checkMigrated(db, [sharedTables, set]);
    await expect(checked()).rejects.toMatchObject({ name: 'MigrationError', file: '0001_idempotency.sql' });
    await migrate(db, [sharedTables, await setOf(items)]);
    await expect(checked()).rejects.toThrow(
      'Migration 0002_more.sql: not applied to this database; migrate it first',
    );
    await migrate(db, [set]);
    await expect(checked()).resolves.toBeUndefined();
    await writeFile(join(set.path, '0002_more.sql'), '');
    await expect(checked()).rejects.toThrow('already applied and changed since');
    await rm(join(set.path, '0002_more.sql'));
    await expect(checked()).resolves.toBeUndefined();
  });
});

describePostgres('a role that runs a service', () => {
  /** A schema of an owner's own in an empty database, and a role that is to use it. */
  async function openRoles() {
    const url = await testDatabaseUrl();
    const schema = 'shop';
    const admin = await openDatabase({ url, poolMax: 1 });
    const suffix = randomUUID().slice(0, 8);
    const [owner, runRole] = [`owner-${suffix}`, `run-${suffix}`];
    await admin.script(`
      create role "${owner}" login password 'owner'; create role "${runRole}" login password 'run';
      create schema ${schema} authorization "${owner}"`);
    const openAs = async (user: string, password: string) => {
      const roleUrl = new URL(url);
      Object.assign(roleUrl, { username: user, password });
      roleUrl.searchParams.set('options', `-c search_path=${schema}`);
      const db = await openDatabase({ url: roleUrl.href, poolMax: 2 });
      onTestFinished(() => db.close());
      return db;
    };
    onTestFinished(async () => {
      await admin.script(`drop schema ${schema} cascade; drop role "${owner}", "${runRole}"`);
      await admin.close();
    });
    return { owner: await openAs(owner, 'owner'), runRole, run: await openAs(runRole, 'run') };
  }

  test('may read and write, also what comes later, and change no schema', async () => {
    const { owner, runRole, run } = await openRoles();
    const set = await setOf({
      '0001_items.sql': 'create table items (id int generated always as identity, serial serial)',
    });
    await migrate(owner, [sharedTables, set], { runRole });
    await expect(checkMigrated(run, [sharedTables, set])).resolves.toBeUndefined();
    await writeFile(
      join(set.path, '0002_more.sql'),
      'create table more (id serial); create function one() returns int language sql as $$ select 1 $$',
    );
    await migrate(owner, [set]);

    for (const table of ['items', 'more']) {
      await run.query(`insert into ${table} default values`);
      await run.query(`update ${table} set id = default`);
      expect(await run.query(`delete from ${table} returning one()`)).toEqual([{ one: 1 }]);
    }
    const refused = [
      'create table mine ()',
      'create function mine() returns int language sql as $$ select 1 $$',
      'alter table items add column note text',
      'drop table items',
      'truncate items',
      'delete from migrations',
    ];
    for (const sql of refused) await expect(run.query(sql), sql).rejects.toMatchObject({ code: '42501' });
  });

  test('is not the one that migrates', async () => {
    const { owner } = await openRoles();
    const [row] = await owner.query<{ name: string }>('select current_user as name');
    await expect(migrate(owner, [], { runRole: row?.name })).rejects.toThrow(
      'it cannot be the role that may not',
    );
  });
});
