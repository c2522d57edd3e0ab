import { isDeepStrictEqual } from 'node:util';
import { type Database, migrate, openDatabase } from '@hotpath/database';
import { describePostgres, testDatabaseUrl } from '@hotpath/testing/vitest';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { migrations } from './migrations.ts';
import { openSaleAlarm } from './sale-alarm.ts';
import { databaseTime, findNextDue, insertSale } from './store-sales.ts';

describePostgres('sales on three replicas', () => {
  let url: string;
  let db: Database;
  let closers: (() => Promise<void>)[] = [];
  const errors: unknown[] = [];
  beforeAll(async () => {
    url = await testDatabaseUrl();
    db = await openDatabase({ url, poolMax: 2 });
    await migrate(db, migrations);
    await db.script(`insert into prices (product_id, currency, base_minor)
      select id, currency, 1000 from generate_series(1, 30) id, unnest(array['INR', 'JPY']) currency`);
  }, 60_000);
  beforeEach(() => db.script('truncate events, sale_products, sales'));
  afterEach(async () => {
    await stop();
    expect(errors).toEqual([]);
  });
  afterAll(() => db.close());

  /** Starts the alarms of three replicas, each on connections of its own. */
  async function start(): Promise<void> {
    const replicas = await Promise.all([1, 2, 3].map(() => openDatabase({ url, poolMax: 3 })));
    for (const replica of replicas) {
      const alarm = await openSaleAlarm(replica, (error) => errors.push(error));
      closers.push(async () => {
        await alarm.close();
        await replica.close();
      });
    }
  }

  /** Stops them; a ring that has begun is waited for. */
  async function stop(): Promise<void> {
    const running = closers;
    closers = [];
    await Promise.all(running.map((close) => close()));
  }

  /** Stores a sale of some products from so many ms ahead to so many. */
  async function sell(productIds: bigint[], from: number, to: number, percentOff = 50): Promise<string> {
    const now = (await databaseTime(db)).getTime();
    return insertSale(db, {
      productIds,
      percentOff,
      startsAt: new Date(now + from),
      endsAt: new Date(now + to),
    });
  }

  /** What the feed was told, in its order. */
  async function told(): Promise<string[]> {
    const rows = await db.query<{ reason: string; id: bigint; currency: string }>(
      'select reason, product_id as id, currency from events order by sequence',
    );
    return rows.map(({ reason, id, currency }) => `${reason} ${id} ${currency}`);
  }

  /** Waits until nothing is due any more, and stops the replicas. */
  async function settled(): Promise<void> {
    while (await findNextDue(db)) await sleep(20);
    await stop();
  }

  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  /** When each connection's last statement began, as the server knows. */
  async function lastStatements(): Promise<unknown[]> {
    const { pathname, href } = new URL(url);
    const server = await openDatabase({ url: href.replace(pathname, '/postgres'), poolMax: 1 });
    const rows = await server.query(
      `select pid, query_start from pg_stat_activity
       where datname = $1 and backend_type = 'client backend' order by pid`,
      [pathname.slice(1)],
    );
    await server.close();
    return rows;
  }

  test('each start and end is told once, however many replicas wait for it', async () => {
    await start();
    for (let id = 1n; id <= 30n; id += 1n) await sell([id], 300 + 10 * Number(id), 2_500 + 10 * Number(id));
    await settled();
    const all = Array.from({ length: 30 }, (_, i) => [`${i + 1} INR`, `${i + 1} JPY`]).flat();
    const expected = ['sale_started', 'sale_ended'].flatMap((reason) => all.map((one) => `${reason} ${one}`));
    expect((await told()).toSorted()).toEqual(expected.toSorted());
  });

  test('a start and an end that nobody was there for are told by the first who comes, once', async () => {
    const saleId = await sell([1n], -1_000, 3_600_000);
    await sell([2n], -1_000, 3_600_000);
    await start();
    while ((await told()).length < 4) await sleep(10);
    await stop();
    const started = ['sale_started 1 INR', 'sale_started 1 JPY', 'sale_started 2 INR', 'sale_started 2 JPY'];
    expect(await told()).toEqual(started);
    // As if its time had gone by.
    await db.query('update sales set ends_at = statement_timestamp() where sale_id = $1', [saleId]);
    await start();
    while ((await told()).length < 6) await sleep(10);
    await stop();
    expect(await told()).toEqual([...started, 'sale_ended 1 INR', 'sale_ended 1 JPY']);
  });

  test('of a sale that came and went while nobody was there nothing is told: every price is as it was', async () => {
    await sell([1n], -2_000, -1_000);
    await start();
    await settled();
    expect(await told()).toEqual([]);
  });

  test('while nothing is due no statement runs, on no replica; then it is told at its time', async () => {
    await start();
    await sell([1n], 3_600_000, 3_700_000);
    let before: unknown[];
    let last = await lastStatements();
    do {
      before = last;
      await sleep(500);
      last = await lastStatements();
    } while (!isDeepStrictEqual(last, before));
    await sleep(1_500);
    expect(await lastStatements()).toEqual(before);
    await sell([2n], 300, 400);
    while ((await told()).length < 4) await sleep(10);
    expect(await told()).toEqual([
      'sale_started 2 INR',
      'sale_started 2 JPY',
      'sale_ended 2 INR',
      'sale_ended 2 JPY',
    ]);
  });
});
