import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from './adapters.testing.ts';
import type { MigrationError } from './errors.ts';
import { type MigrationSet, migrate, sharedTables } from './migrate.ts';
import { openDatabase } from './open.ts';
import type { Database } from './port.ts';

let db: Database;
beforeAll(async () => {
  db = await openDatabase({ folder: undefined });
}, 60_000);
afterAll(() => db.close());
beforeEach(() => db.script('drop schema public cascade; create schema public'));

/** A set of migrations made of these files. */
async function setOf(files: Record<string, string>, name = 'shop'): Promise<MigrationSet & { path: string }> {
  const path = join(await temporaryFolder(), name);
  await mkdir(path);
  for (const [file, sql] of Object.entries(files)) await writeFile(join(path, file), sql);
  return { name, path, folder: new URL(`${pathToFileURL(path).href}/`) };
}

const items = { '0001_items.sql': 'create table items (id int);\ninsert into items values (1);\n' };
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
