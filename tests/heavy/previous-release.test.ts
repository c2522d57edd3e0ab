import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDatabase } from '@hotpath/database';
import {
  linkDependencies,
  type PostgresServer,
  startPostgres,
  startShop,
  startShopOf,
} from '@hotpath/testing';
import { describeOwnPostgres } from '@hotpath/testing/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buyAndSell } from './buy.ts';
import previous from './previous-release.json' with { type: 'json' };

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

const git = (...args: string[]) => run('git', args, { cwd: root });

/** Why the last release's sources cannot be had; undefined where they can. */
async function whyNot(): Promise<string | undefined> {
  const has = await git('cat-file', '-e', `${previous.commit}^{commit}`).then(
    () => true,
    () => false,
  );
  if (has) return undefined;
  const shallow = await git('rev-parse', '--is-shallow-repository').catch(() => undefined);
  if (shallow === undefined) return 'this is no clone of the repository';
  if (shallow.stdout.trim() === 'true') return 'this clone is shallow: git fetch --unshallow';
  return 'its history lacks that commit, as after a squash: name one that it has in previous-release.json';
}

/** Takes the sources of a commit out of the history, with the dependencies that are installed here. */
async function checkOut(commit: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hotpath-previous-'));
  const archive = join(folder, 'sources.tar');
  await git('archive', '--output', archive, commit);
  await run('tar', ['-xf', archive, '-C', folder]);
  await linkDependencies(folder);
  return folder;
}

const missing = await whyNot();
const name = `the code of the last release (${previous.commit.slice(0, 7)}) on the schema of now`;
const suite = missing === undefined ? describeOwnPostgres : describe.skip;

suite(missing === undefined ? name : `${name} (${missing})`, () => {
  let server: PostgresServer;
  let url: string;
  let sources: string;

  beforeAll(async () => {
    sources = await checkOut(previous.commit);
    server = await startPostgres();
    url = await server.createDatabase();
    // The start of now migrates; what it stores is there for the release before.
    const shop = await startShop({}, '--postgres', url);
    await buyAndSell(shop.gateway, 400).finally(() => shop.stop());
  });
  afterAll(async () => {
    await server?.stop();
    if (sources) await rm(sources, { recursive: true, force: true });
  });

  test('does all that the shop is for', async () => {
    const shop = await startShopOf(sources, {}, '--postgres', url);
    await buyAndSell(shop.gateway, 401).finally(() => shop.stop());
  });

  test('and it would be seen if it could not: a column that it reads is dropped', async () => {
    const db = await openDatabase({ url, poolMax: 1 });
    await db.script('alter table hotpath_inventory.products drop column description');
    await db.close();
    const shop = await startShopOf(sources, {}, '--postgres', url);
    await expect(buyAndSell(shop.gateway, 402).finally(() => shop.stop())).rejects.toThrow();
  });
});
