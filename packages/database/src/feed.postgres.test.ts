import { describePostgres, testDatabaseUrl } from '@hotpath/testing/vitest';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { append, type Change, createChanges, positionOf } from './feed.testing.ts';
import { openFeed } from './feed.ts';
import { openDatabase } from './open.ts';
import type { Database, Queryable } from './port.ts';
import { trim } from './trim.ts';

const dayMs = 86_400_000;

describePostgres('the feed on a server that several write to', () => {
  let url: string;
  let db: Database;
  beforeAll(async () => {
    url = await testDatabaseUrl();
    db = await connect();
    await createChanges(db);
    await db.script(`create table plain (
      sequence bigint generated always as identity primary key,
      product_id bigint not null
    )`);
  });
  beforeEach(() => db.script('truncate changes; truncate feed_trims'));
  afterAll(() => db.close());

  /** One more process's connection to the same database. */
  const connect = () => openDatabase({ url, poolMax: 4 });

  async function another(): Promise<Database> {
    const one = await connect();
    onTestFinished(() => one.close());
    return one;
  }

  const open = (on: Database) =>
    openFeed<Change>(on, { table: 'changes', key: 'product_id', onError: () => {} });

  /** Begins a transaction that has written and waits with its commit. */
  async function writeAndWait(on: Database, write: (tx: Queryable) => Promise<unknown>) {
    const written = Promise.withResolvers<void>();
    const commit = Promise.withResolvers<void>();
    const done = on.transaction(async (tx) => {
      await write(tx);
      written.resolve();
      await commit.promise;
    });
    await written.promise;
    return async () => {
      commit.resolve();
      await done;
    };
  }

  /** How many sessions wait for an advisory lock, as a writer does for its turn. */
  async function waiting(): Promise<number> {
    const [row] = await db.query<{ count: number }>(
      `select count(*)::int as count from pg_locks
       where locktype = 'advisory' and not granted
       and database = (select oid from pg_database where datname = current_database())`,
    );
    return row?.count ?? 0;
  }

  test('a plain serial loses what is committed late: its number is handed out before the commit', async () => {
    const insert = (on: Queryable) => on.query('insert into plain (product_id) values (1)');
    let position = 0n;
    const seen: bigint[] = [];
    /** What a reader does that goes on after the last number it saw. */
    const read = async () => {
      const rows = await db.query<Change>(
        'select sequence from plain where sequence > $1 order by sequence',
        [position],
      );
      seen.push(...rows.map(({ sequence }) => sequence));
      position = seen.at(-1) ?? position;
    };
    const commitFirst = await writeAndWait(await another(), insert);
    await insert(db);
    await read();
    await commitFirst();
    await read();
    expect(seen).toEqual([2n]);
    expect(await db.query('select sequence from plain order by sequence')).toEqual([
      { sequence: 1n },
      { sequence: 2n },
    ]);
  });

  test('a feed loses nothing by the same: the second writer waits for its turn, and its number', async () => {
    const feed = await open(db);
    onTestFinished(() => feed.close());
    const rows = feed.follow({ after: await positionOf(db) });
    const seen = [rows.next(), rows.next()];
    const commitFirst = await writeAndWait(await another(), (tx) => append(tx, [1n]));
    const second = append(db, [2n]);
    while ((await waiting()) === 0);
    expect(await positionOf(db)).toBe(1n);
    await commitFirst();
    await second;
    expect((await Promise.all(seen)).map(({ value }) => value?.product_id)).toEqual([1n, 2n]);
    await rows.return();
  });

  test('what was committed while the listening connection was lost comes when it is back', async () => {
    const { pathname, href } = new URL(url);
    const server = await openDatabase({ url: href.replace(pathname, '/postgres'), poolMax: 1 });
    onTestFinished(() => server.close());
    const allowConnections = (allowed: boolean) =>
      server.script(`alter database ${pathname.slice(1)} allow_connections ${allowed}`);
    const feed = await open(await another());
    onTestFinished(() => feed.close());
    const rows = feed.follow({ after: await positionOf(db) });
    for (let round = 0; round < 3; round++) {
      const next = rows.next();
      await allowConnections(false);
      const ended = await db.query<{ ended: boolean }>(
        `select pg_terminate_backend(pid, 5000) as ended from pg_stat_activity
         where datname = current_database() and query ~ '^listen'`,
      );
      expect(ended).toEqual([{ ended: true }]);
      const [sequence] = await append(db, [1n]);
      await allowConnections(true);
      expect((await next).value?.sequence).toBe(sequence);
    }
    await rows.return();
  });

  test('a feed goes on by itself when all connections were lost, also in the middle of writes', async () => {
    const [reader, writer, ender] = [await another(), await another(), await another()];
    const feed = await open(reader);
    onTestFinished(() => feed.close());
    const after = await positionOf(db);
    const seen: bigint[] = [];
    const reading = (async () => {
      for await (const { sequence, note } of feed.follow({ after })) {
        seen.push(sequence);
        if (note === 'last') return;
      }
    })();
    for (let round = 0; round < 10; round++) {
      // Whether it was committed when its connection was lost, the table will say.
      const written = append(writer, [1n, 2n]).catch(() => {});
      await ender.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()`,
      );
      await written;
    }
    await append(ender, [1n], 'last');
    await reading;
    const stored = await ender.query<Change>('select sequence from changes order by sequence');
    expect(seen).toEqual(stored.map(({ sequence }) => sequence));
  });

  test('many replicas trim at once: one does it, nothing is trimmed twice, and readers see no hole', async () => {
    const replicas = await Promise.all([another(), another(), another()]);
    for (let round = 0; round < 10; round++) await append(db, Array<bigint>(1_000).fill(1n));
    await db.query(`update changes set created_at = now() - interval '2 days'`);
    const young = await append(db, [1n]);
    const all = (await db.query<Change>('select sequence from changes order by sequence')).map(
      ({ sequence }) => sequence,
    );
    const options = { feeds: ['changes'], eventsKeptMs: dayMs, answersKeptMs: dayMs };
    const reading = replicas.map(async (replica, index) => {
      const feed = await open(replica);
      const after = all[index * 3_000] as bigint;
      const seen: bigint[] = [];
      try {
        for await (const { sequence } of feed.follow({ after })) {
          seen.push(sequence);
          if (sequence === young[0]) break;
        }
      } catch (error) {
        expect((error as Error).name).toBe('UnknownPosition');
      }
      await feed.close();
      expect(seen).toEqual(all.slice(index * 3_000 + 1, index * 3_000 + 1 + seen.length));
    });
    await Promise.all([...reading, ...replicas.map((replica) => trim(replica, options))]);
    expect(await db.query('select sequence from changes')).toEqual([{ sequence: young[0] }]);
    expect(await db.query('select * from feed_trims')).toEqual([{ feed: 'changes', up_to: all.at(-2) }]);
  });

  test('where another process trims, nothing is done and nobody waits', async () => {
    await append(db, [1n, 1n]);
    const lock = (tx: Queryable) =>
      tx.query(`select pg_advisory_xact_lock('feed_trims'::regclass::oid::bigint)`);
    const options = { feeds: ['changes'], eventsKeptMs: 0, answersKeptMs: dayMs };
    const end = await writeAndWait(await another(), lock);
    await trim(db, options);
    expect(await db.query('select from changes')).toHaveLength(2);
    await end();
    await trim(db, options);
    expect(await db.query('select from changes')).toHaveLength(1);
  });
});
