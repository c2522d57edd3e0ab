import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeOn, engines } from './adapters.testing.ts';
import { DatabaseUnavailable, SlowSubscriber, UnknownPosition } from './errors.ts';
import { append, type Change, createChanges, positionOf, take } from './feed.testing.ts';
import { type Feed, type FollowOptions, openFeed } from './feed.ts';
import type { Database } from './port.ts';

describeOn(engines, (openEmpty) => {
  let db: Database;
  let feed: Feed<Change>;
  const errors: unknown[] = [];
  const open = (on: Database) =>
    openFeed<Change>(on, { table: 'changes', key: 'product_id', onError: (error) => errors.push(error) });

  let remove: () => Promise<void>;
  beforeAll(async () => {
    ({ db, remove } = await openEmpty());
    await createChanges(db);
  }, 60_000);
  afterAll(() => remove());
  beforeEach(async () => {
    errors.length = 0;
    feed = await open(db);
  });
  afterEach(() => feed.close());

  const sequences = (rows: readonly Change[]) => rows.map(({ sequence }) => sequence);
  /** Follows until `count` rows came, beginning at once. */
  const follow = (count: number, options: FollowOptions<Change>) =>
    take(feed.follow(options), count).then(sequences);
  /** Resolves when so many follow the feed. */
  async function followed(by: number): Promise<void> {
    while (feed.followers !== by) await new Promise((resolve) => setImmediate(resolve));
  }

  test('gives what is stored after a position, then what is committed, in order', async () => {
    const before = await positionOf(db);
    const stored = await append(db, [1n, 2n]);
    const following = follow(5, { after: before });
    await followed(1);
    const live = [...(await append(db, [1n])), ...(await append(db, [3n, 4n]))];
    expect(await following).toEqual([...stored, ...live]);
    await followed(0);
  });

  test('tells how far it has read, and how old the first change is that it has not read', async () => {
    const [sequence = 0n] = await append(db, [1n]);
    await follow(1, { after: sequence - 1n });
    expect(await feed.lag()).toEqual({ position: sequence, seconds: 0 });
    await feed.close(); // it reads no more
    await append(db, [1n]);
    await db.query('select pg_sleep(0.05)');
    const { position, seconds } = await feed.lag();
    expect(position).toBe(sequence);
    expect(seconds).toBeGreaterThanOrEqual(0.05);
    expect(seconds).toBeLessThan(60);
  });

  test('gives whole rows, the same object to all', async () => {
    const after = await positionOf(db);
    const following = [1, 2].map(() => take(feed.follow({ after }), 1));
    await followed(2);
    const [sequence] = await append(db, [7n], 'new');
    const [one, other] = (await Promise.all(following)).flat();
    expect(one).toEqual({ sequence, product_id: 7n, note: 'new', created_at: expect.any(Date) });
    expect(other).toBe(one);
  });

  test('gives only the keys and the rows that were asked for, stored and live', async () => {
    const after = await positionOf(db);
    const options = { after, keys: [1n, 2n], match: (row: Change) => row.note === 'yes' };
    const stored = [
      await append(db, [1n], 'yes'),
      await append(db, [1n], 'no'),
      await append(db, [3n], 'yes'),
    ];
    const following = follow(3, options);
    await followed(1);
    const live = [
      await append(db, [2n, 3n], 'yes'),
      await append(db, [1n], 'no'),
      await append(db, [1n], 'yes'),
    ];
    expect(await following).toEqual([stored[0]?.[0], live[0]?.[0], live[2]?.[0]]);
  });

  test('gives nothing of a transaction that was rolled back and nothing before the commit', async () => {
    const after = await positionOf(db);
    const following = follow(1, { after });
    await followed(1);
    const rolledBack = db.transaction(async (tx) => {
      await append(tx, [1n]);
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    const committed = await append(db, [1n]);
    expect(await following).toEqual(committed);
  });

  test('gives thousands of rows across pages to those who came early and late', async () => {
    const after = await positionOf(db);
    const products = Array.from({ length: 2_500 }, (_, index) => BigInt(index % 50));
    const early = follow(7_500, { after, capacity: 10_000 });
    const one = follow(150, { after, keys: [7n] });
    await followed(2);
    const written = [
      await append(db, products),
      await append(db, products),
      await append(db, products),
    ].flat();
    expect(await early).toEqual(written);
    expect(await follow(7_500, { after })).toEqual(written);
    expect(await follow(2_500, { after: written[4_999] ?? 0n })).toEqual(written.slice(5_000));
    const ofSeven = await one;
    expect(ofSeven).toHaveLength(150);
    expect(ofSeven).toEqual(written.filter((_, index) => products[index % 2_500] === 7n));
  });

  test('misses nothing of many concurrent writers, some of whom roll back', async () => {
    const after = await positionOf(db);
    const following = follow(90, { after });
    await followed(1);
    const writes = Array.from({ length: 60 }, (_, index) =>
      db
        .transaction(async (tx) => {
          const written = await append(tx, [1n, 2n, 3n]);
          if (index % 2 === 1) throw new Error('rolled back');
          return written;
        })
        .catch(() => []),
    );
    const committed = (await Promise.all(writes)).flat();
    expect(await following).toEqual(committed.toSorted((a, b) => Number(a - b)));
  });

  test('reads no rows while nobody follows', async () => {
    const statements: string[] = [];
    const watched: Database = {
      ...db,
      query: (sql, ...rest) => {
        statements.push(sql);
        return db.query(sql, ...rest);
      },
    };
    const idle = await open(watched);
    const written = await append(db, [1n, 2n, 3n]);
    const after = written.at(-1) ?? 0n;
    while (statements.filter((sql) => sql.includes('max(sequence)')).length < 3) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(statements.filter((sql) => sql.includes('*'))).toEqual([]);
    const following = take(idle.follow({ after }), 1);
    const [next] = await append(db, [1n]);
    expect(sequences(await following)).toEqual([next]);
    await idle.close();
  });

  test.each(['before', 'after'])('misses nothing that is committed just %s it listens', async (when) => {
    const after = await positionOf(db);
    let written: bigint[] = [];
    const opened = await open({
      ...db,
      async listen(...channel) {
        if (when === 'before') written = await append(db, [1n]);
        const unlisten = await db.listen(...channel);
        if (when === 'after') written = await append(db, [1n]);
        return unlisten;
      },
    });
    expect(sequences(await take(opened.follow({ after }), 1))).toEqual(written);
    await opened.close();
  });

  test('ends a follower that does not keep up, and no other', async () => {
    const after = await positionOf(db);
    const slow = feed.follow({ after, capacity: 3 });
    const quick = follow(5, { after });
    const first = slow.next();
    await followed(2);
    const written = await append(db, [1n]);
    expect((await first).value?.sequence).toBe(written[0]);
    written.push(...(await append(db, [2n, 3n, 4n, 5n])));
    expect(await quick).toEqual(written);
    await expect(slow.next()).rejects.toThrow(SlowSubscriber);
    await followed(0);
    expect(await follow(4, { after: written[0] ?? 0n })).toEqual(written.slice(1));
  });

  test('gives what one transaction wrote together, and first of all that the position is known', async () => {
    const after = await positionOf(db);
    const pages = feed.pages({ after, keys: [1n, 2n] });
    expect((await pages.next()).value).toEqual([]);
    for (const products of [[1n, 2n, 3n], [2n]]) {
      const next = pages.next();
      const written = await append(db, products);
      expect(sequences((await next).value as Change[])).toEqual(written.slice(0, 2));
    }
    await pages.return();
    const again = feed.pages({ after, keys: [2n] });
    expect((await again.next()).value).toHaveLength(2);
    await again.return();
  });

  test('a match that throws ends its own follower only', async () => {
    const after = await positionOf(db);
    const match = () => {
      throw new Error('match');
    };
    const failing = expect(follow(1, { after, match })).rejects.toThrow('match');
    const other = follow(1, { after });
    await followed(2);
    const written = await append(db, [1n]);
    await failing;
    expect(await other).toEqual(written);
    expect(errors).toEqual([]);
  });

  test('ends when the caller leaves, while waiting and before', async () => {
    const caller = new AbortController();
    const after = await positionOf(db);
    const following = follow(1, { after, signal: caller.signal });
    await followed(1);
    caller.abort(new Error('left'));
    await expect(following).rejects.toThrow('left');
    await expect(follow(1, { after, signal: caller.signal })).rejects.toThrow('left');
    await followed(0);
  });

  test('knows no position that the feed never reached', async () => {
    const after = (await positionOf(db)) + 1n;
    await expect(follow(1, { after })).rejects.toThrow(UnknownPosition);
    await followed(0);
  });

  test('knows a position that its reader has not come to yet', async () => {
    const following = db.transaction(async (tx) => {
      const [sequence] = await append(tx, [1n]);
      return sequence ?? 0n;
    });
    // No turn of the event loop lies between the commit and this call, so the wake is not through.
    const rows = follow(1, { after: await following });
    const next = await append(db, [2n]);
    expect(await rows).toEqual(next);
  });

  test('gives once what is stored but its reader has not come to yet', async () => {
    const after = await positionOf(db);
    const known = await append(db, [1n]);
    await follow(1, { after });
    const unknown = await append(db, [1n]);
    const following = follow(3, { after });
    await followed(1);
    const live = await append(db, [1n]);
    expect(await following).toEqual([...known, ...unknown, ...live]);
  });

  test('a failed read is told and tried again, and nothing is missed', async () => {
    let failing = 2;
    const flaky: Database = {
      ...db,
      query: (sql, ...rest) => {
        if (sql.includes('*') && failing-- > 0) return Promise.reject(new Error('lost'));
        return db.query(sql, ...rest);
      },
    };
    const retrying = await open(flaky);
    const after = await positionOf(db);
    const following = take(retrying.follow({ after }), 2);
    while (retrying.followers === 0) await new Promise((resolve) => setImmediate(resolve));
    const written = await append(db, [1n, 2n]);
    expect(sequences(await following)).toEqual(written);
    expect(errors).toEqual([new Error('lost'), new Error('lost')]);
    await retrying.close();
  });

  test('closing ends its followers, and those who come later', async () => {
    const after = await positionOf(db);
    const following = expect(follow(1, { after })).rejects.toThrow(DatabaseUnavailable);
    await followed(1);
    await feed.close();
    await following;
    await expect(follow(1, { after })).rejects.toThrow(DatabaseUnavailable);
  });
});
