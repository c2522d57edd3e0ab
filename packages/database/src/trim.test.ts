import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { describeOn, engines } from './adapters.testing.ts';
import { UnknownPosition } from './errors.ts';
import { append, type Change, createChanges, positionOf, take } from './feed.testing.ts';
import { type Feed, openFeed } from './feed.ts';
import { once } from './once.ts';
import { openDatabase } from './open.ts';
import type { Database } from './port.ts';
import { startTrimming, trim } from './trim.ts';

const dayMs = 86_400_000;
const failed = (error: unknown) => console.error(error);
const options = { feeds: ['changes'], eventsKeptMs: dayMs, answersKeptMs: dayMs };

describeOn(engines, (openEmpty) => {
  let db: Database;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    ({ db, remove } = await openEmpty());
    await createChanges(db);
  }, 60_000);
  afterAll(() => remove());
  beforeEach(() => db.script('truncate changes; truncate feed_trims; truncate idempotency'));

  const open = (on: Database) =>
    openFeed<Change>(on, { table: 'changes', key: 'product_id', onError: failed });

  /** Writes changes that are two days old. */
  async function appendOld(count: number): Promise<bigint[]> {
    const written = await append(db, Array<bigint>(count).fill(1n));
    await db.query(
      `update changes set created_at = now() - interval '2 days' where sequence = any($1::bigint[])`,
      [written],
    );
    return written;
  }

  async function kept(): Promise<bigint[]> {
    const rows = await db.query<Change>('select sequence from changes order by sequence');
    return rows.map(({ sequence }) => sequence);
  }

  /** The database, with something done right before each statement that reads rows after a position. */
  const before = (work: (after: unknown) => Promise<unknown>): Database => ({
    ...db,
    async query(sql, params, ...rest) {
      if (sql.startsWith('select * from changes')) await work(params?.[0]);
      return db.query(sql, params, ...rest);
    },
  });

  const follow = async (feed: Feed<Change>, after: bigint, count: number) =>
    (await take(feed.follow({ after }), count)).map(({ sequence }) => sequence);

  test('what is old goes, in batches, and what is young stays', async () => {
    await appendOld(2_500);
    const young = await append(db, [1n, 1n]);
    await trim(db, options);
    expect(await kept()).toEqual(young);
  });

  test('the newest row stays however old: it is the position that snapshots are read at', async () => {
    const old = await appendOld(3);
    await trim(db, options);
    expect(await kept()).toEqual(old.slice(2));
    expect(await positionOf(db)).toBe(old[2]);
    await trim(db, options);
    expect(await positionOf(db)).toBe(old[2]);
  });

  test('an old row after a young one waits for it, so that what is left has no holes', async () => {
    await appendOld(2);
    const young = await append(db, [1n]);
    const late = await appendOld(2);
    await trim(db, options);
    expect(await kept()).toEqual([...young, ...late]);
  });

  test('a feed without rows and one without old rows stay as they are', async () => {
    await trim(db, options);
    const young = await append(db, [1n, 1n]);
    await trim(db, options);
    expect(await kept()).toEqual(young);
    expect(await db.query('select * from feed_trims')).toEqual([]);
  });

  test('who comes back from before the trim is told; who comes back from its edge misses nothing', async () => {
    const start = await positionOf(db);
    const old = await appendOld(3);
    const young = await append(db, [1n, 1n]);
    await trim(db, options);
    const feed = await open(db);
    for (const gone of [start, old[0] as bigint, old[1] as bigint]) {
      await expect(follow(feed, gone, 1)).rejects.toThrow(UnknownPosition);
    }
    expect(await follow(feed, old[2] as bigint, 2)).toEqual(young);
    expect(await follow(feed, young[0] as bigint, 1)).toEqual(young.slice(1));
    await feed.close();
  });

  test('also where no row of its own is left: a trim is no silence', async () => {
    const old = await appendOld(2);
    await append(db, [2n]);
    await trim(db, options);
    const feed = await open(db);
    const following = take(feed.follow({ after: (old[0] as bigint) - 1n, keys: [1n] }), 1);
    await expect(following).rejects.toThrow(UnknownPosition);
    await feed.close();
  });

  test('a trim right before the rows are read is noticed', async () => {
    const start = await positionOf(db);
    await appendOld(3);
    const young = await append(db, [1n]);
    const feed = await open(before(async (after) => after === start && trim(db, options)));
    await expect(follow(feed, start, 1)).rejects.toThrow(UnknownPosition);
    expect(await follow(feed, (young[0] as bigint) - 1n, 1)).toEqual(young);
    await feed.close();
  });

  test('a trim between two pages is noticed, and what was given before has no holes', async () => {
    const start = await positionOf(db);
    const old = await appendOld(2_500);
    await append(db, [1n]);
    const feed = await open(before(async (after) => after === old[999] && trim(db, options)));
    const seen: bigint[] = [];
    const reading = (async () => {
      for await (const { sequence } of feed.follow({ after: start })) seen.push(sequence);
    })();
    await expect(reading).rejects.toThrow(UnknownPosition);
    expect(seen).toEqual(old.slice(0, 1_000));
    await feed.close();
  });

  test('a reader that was away for longer than rows are kept tells its followers, and goes on', async () => {
    const start = await positionOf(db);
    let isAway = true;
    const feed = await openFeed<Change>(
      before(async () => {
        if (isAway) throw new Error('away');
      }),
      { table: 'changes', key: 'product_id', onError: () => {} },
    );
    const following = follow(feed, start, 1);
    while (feed.followers === 0) await new Promise((resolve) => setImmediate(resolve));
    await appendOld(3);
    const young = await append(db, [1n]);
    await trim(db, options);
    isAway = false;
    await expect(following).rejects.toThrow(UnknownPosition);
    const next = follow(feed, young[0] as bigint, 1);
    const written = await append(db, [1n]);
    expect(await next).toEqual(written);
    await feed.close();
  });

  test('a trim takes nothing from those who follow now', async () => {
    const feed = await open(db);
    const following = feed.follow({ after: await positionOf(db) });
    for (let round = 0; round < 5; round++) {
      const written = await appendOld(300);
      for (const sequence of written) expect((await following.next()).value).toMatchObject({ sequence });
      await trim(db, options);
    }
    await following.return();
    await feed.close();
  });

  test('old answers are forgotten, and then a repeat does the work again', async () => {
    let done = 0;
    const write = { caller: 'me', method: '/Do', request: new Uint8Array() };
    const work = async () => {
      done += 1;
      return new Uint8Array();
    };
    const ask = (requestId: string) => db.transaction((tx) => once(tx, { ...write, requestId }, work));
    for (let i = 0; i < 3; i++) await ask(`old ${i}`);
    await db.query(`update idempotency set created_at = now() - interval '2 days'`);
    await ask('young');
    await trim(db, options);
    await ask('young');
    expect(done).toBe(4);
    await ask('old 1');
    expect(done).toBe(5);
  });
});

test('trimming starts at once, and asks for nothing before the next hour', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const db = await openDatabase({ folder: undefined });
  onTestFinished(() => db.close());
  await createChanges(db);
  await append(db, Array<bigint>(10).fill(1n));
  let transactions = 0;
  const counted: Database = {
    ...db,
    transaction(...work) {
      transactions += 1;
      return db.transaction(...work);
    },
  };
  const untilOneIsLeft = async () => {
    while ((await db.query('select from changes')).length > 1)
      await new Promise((resolve) => setImmediate(resolve));
  };
  const trimming = startTrimming(counted, { ...options, eventsKeptMs: 0 }, failed);
  await untilOneIsLeft();
  await vi.advanceTimersByTimeAsync(0.99 * 3_600_000);
  expect(transactions).toBe(2);
  await append(db, [1n]);
  await vi.advanceTimersByTimeAsync(0.01 * 3_600_000);
  await untilOneIsLeft();
  await trimming.close();
  expect(transactions).toBe(4);
});
