import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from './adapters.testing.ts';
import { FolderInUseError } from './errors.ts';
import { openPglite } from './pglite.ts';

/** Writes rows one transaction after another and prints each id when its transaction is committed. */
const writer = `
  const [, folder, port] = process.argv;
  const { openDatabase } = await import(port);
  const db = await openDatabase({ folder });
  await db.script('create table if not exists rows (id bigint primary key)');
  for (let id = 1n; ; id += 1n) {
    await db.transaction((tx) => tx.query('insert into rows values ($1)', [id]));
    process.stdout.write(id + '\\n');
  }`;

function startWriter(folder: string) {
  const port = new URL('./index.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', writer, folder, port], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

test('a killed process loses nothing that it acknowledged, and its folder opens again', async () => {
  const folder = await temporaryFolder();
  const child = startWriter(folder);
  let acknowledged = 0n;
  for await (const line of createInterface(child.stdout)) {
    acknowledged = BigInt(line);
    if (acknowledged === 100n) {
      await expect(openPglite(folder)).rejects.toThrow(FolderInUseError);
      await expect(openPglite(folder)).rejects.toThrow(`process ${child.pid}`);
    }
    if (acknowledged === 500n) child.kill('SIGKILL');
  }
  if (child.signalCode === null) await once(child, 'exit');

  const db = await openPglite(folder);
  const [row] = await db.query<{ count: bigint; newest: bigint }>(
    'select count(*), max(id) as newest from rows',
  );
  expect(row?.newest).toBeGreaterThanOrEqual(acknowledged);
  expect(row?.count).toBe(row?.newest);
  await db.close();
  expect(await readdir(folder)).toEqual(['data']);
}, 60_000);

test('a first start that was cut short starts anew', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'data', 'PG_VERSION'), '18\n');
  await writeFile(join(folder, 'unfinished'), '');
  const db = await openPglite(folder);
  await db.health();
  await db.close();
  expect(await readdir(folder)).toEqual(['data']);
}, 60_000);

test('a folder that cannot be opened is given back', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'data', 'PG_VERSION'), '9\n');
  await expect(openPglite(folder)).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['data']);
}, 60_000);

test('the write-ahead log does not grow for ever', async () => {
  const folder = await temporaryFolder();
  const db = await openPglite(folder);
  await db.script('create table rows (id bigint)');
  for (let id = 1n; id <= 25n; id += 1n) {
    await db.transaction(async (tx) => {
      await tx.query('insert into rows values ($1)', [id]);
      // Begins the next file of the log, as 16 MB of changes would.
      await tx.query('select pg_switch_wal()');
    });
  }
  expect((await readdir(join(folder, 'data', 'pg_wal'))).length).toBeLessThan(20);
  await db.close();
}, 60_000);
