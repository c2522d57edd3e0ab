import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDatabase } from '@hotpath/database';
import {
  type PostgresServer,
  type RunningShop,
  readEvents,
  restClient,
  signIn,
  startPostgres,
  startShop,
} from '@hotpath/testing';
import { describeOwnPostgres } from '@hotpath/testing/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bought, buyAndSell } from './buy.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotpath-backup-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs commands as docs/data.md has them, on this test's files. */
async function follow(title: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const page = await readFile(join(root, 'docs/data.md'), 'utf8');
  const [, commands] = new RegExp(`<!-- ${title} -->\n\`\`\`sh\n([^]*?)\`\`\``).exec(page) ?? [];
  if (!commands) throw new Error(`docs/data.md has no commands for "${title}"`);
  const own = commands.replaceAll(/(?<=[ =])(shop\.tar\.gz|shop\.dump|shop-restored|\.hotpath)\b/g, (name) =>
    join(folder, name),
  );
  await run('sh', ['-euc', own], { cwd: root, env: { ...process.env, ...env } });
}

const path = '/api/products/1/price';

async function setPrice({ gateway }: RunningShop, price: number): Promise<void> {
  const rest = restClient(gateway);
  const token = await signIn(rest, 'merchant');
  const { status } = await rest('PUT', path, { body: { price, currency: 'INR' }, token });
  expect(status).toBe(200);
}

const priceIn = async ({ gateway }: RunningShop) => (await restClient(gateway)('GET', path)).body.price;

/** The first event of a browser that watches the price, maybe after one that it has seen. */
async function watch({ gateway }: RunningShop, lastEventId?: string) {
  const leave = new AbortController();
  const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const events = await readEvents(`${gateway}${path}/stream`, { headers, signal: leave.signal });
  const { value } = await events.next();
  leave.abort();
  const { reason, price } = JSON.parse(value?.data ?? '{}');
  return { id: value?.id ?? '', reason, price };
}

/** What the shop has after the restore of a backup that was made at a price of 111, of a watcher of what came after. */
async function expectRestored(shop: RunningShop, { reservationId, token, key }: Bought, seen: string) {
  const rest = restClient(shop.gateway);
  expect(await priceIn(shop)).toBe(111);
  // The session, the reservation and the answer to its confirmation are all there.
  const headers = { 'idempotency-key': key };
  const confirmed = await rest('POST', `/api/reservations/${reservationId}:confirm`, { token, headers });
  expect(confirmed).toMatchObject({ status: 200, body: { reservationId, state: 'confirmed' } });

  expect(await watch(shop, seen)).toMatchObject({ reason: 'resync', price: 111 });
  // Also when there are as many changes again as that one has seen, and more.
  for (const price of [120, 121, 122, 123]) await setPrice(shop, price);
  expect(await watch(shop, seen)).toMatchObject({ reason: 'resync', price: 123 });
  const { id } = await watch(shop);
  await setPrice(shop, 124);
  expect(await watch(shop, id)).toMatchObject({ reason: 'price_changed', price: 124 });
}

test('embedded databases are put back by the commands of docs/data.md', async () => {
  const data = join(folder, '.hotpath');
  let shop = await startShop({ HOTPATH_DATA: data });
  const bought = await buyAndSell(shop.gateway, 300);
  await setPrice(shop, 111);
  await shop.stop();
  await follow('backup: embedded');

  shop = await startShop({ HOTPATH_DATA: data });
  for (const price of [112, 113, 114]) await setPrice(shop, price);
  const { id: seen } = await watch(shop);
  await shop.stop();
  await follow('restore: embedded');

  shop = await startShop({ HOTPATH_DATA: join(folder, 'shop-restored') });
  await expectRestored(shop, bought, seen).finally(() => shop.stop());
});

describeOwnPostgres('on PostgreSQL', () => {
  let server: PostgresServer;
  let shop: RunningShop;
  let url: string;
  let bought: Bought;
  let seen: string;
  beforeAll(async () => {
    server = await startPostgres();
    url = await server.createDatabase();
  });
  afterAll(() => server?.stop());

  const onPostgres = async (at: string) => {
    shop = await startShop({}, '--postgres', at);
    return shop;
  };

  test('what was dumped while the shop sold is put back into an empty database', async () => {
    await onPostgres(url);
    bought = await buyAndSell(shop.gateway, 300);
    await setPrice(shop, 111);
    let dumping = true;
    const rest = restClient(shop.gateway);
    const token = await signIn(rest, 'merchant');
    const sell = (price: number) =>
      rest('PUT', '/api/products/5/price', { body: { price, currency: 'INR' }, token });
    await sell(1);
    const selling = (async () => {
      for (let price = 2; dumping; price++) await sell(price);
    })();
    await follow('backup: PostgreSQL', { URL: url });
    dumping = false;
    await selling;
    for (const price of [112, 113, 114]) await setPrice(shop, price);
    seen = (await watch(shop)).id;
    await shop.stop();

    const restored = await server.createDatabase();
    await follow('restore: PostgreSQL', { RESTORED: restored });
    const db = await openDatabase({
      url: `${restored}?options=-c%20search_path%3Dhotpath_pricing`,
      poolMax: 1,
    });
    const newest = await db.query(
      `select base_minor = (select base_minor from prices where product_id = 5 and currency = 'INR') as "isPrice"
       from events where product_id = 5 and currency = 'INR'`,
    );
    await db.close();
    expect(newest).toEqual([{ isPrice: true }]);
    await onPostgres(restored);
    await expectRestored(shop, bought, seen).finally(() => shop.stop());
  });

  test('of the same file one service is put back alone', async () => {
    await follow('restore: pricing only', { URL: url });
    await onPostgres(url);
    await expectRestored(shop, bought, seen).finally(() => shop.stop());
  });
});
