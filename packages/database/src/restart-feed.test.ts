import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOn, engines } from './adapters.testing.ts';
import { UnknownPosition } from './errors.ts';
import { append, type Change, createChanges, take } from './feed.testing.ts';
import { openFeed } from './feed.ts';
import type { Database } from './port.ts';

const failed = (error: unknown) => console.error(error);

describeOn(engines, (openEmpty) => {
  let db: Database;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    ({ db, remove } = await openEmpty());
    await createChanges(db);
  }, 60_000);
  afterAll(() => remove());

  const restart = () => db.query(`select restart_feed('changes')`);
  const open = () => openFeed<Change>(db, { table: 'changes', key: 'product_id', onError: failed });

  test('after a backup was put back, what was handed out since is unknown, also when as much was written again', async () => {
    await append(db, [1n, 2n, 3n]);
    const [lost] = await append(db, [4n]);
    // As the database was before the last one.
    await db.query('delete from changes where sequence = $1', [lost as bigint]);
    await db.query(`select setval(pg_get_serial_sequence('changes', 'sequence'), $1)`, [
      (lost as bigint) - 1n,
    ]);

    await restart();
    const feed = await open();
    const position = await feed.newestPosition();
    const written = await append(db, [5n, 6n]);
    expect(written.every((sequence) => sequence > (lost as bigint))).toBe(true);
    for (const after of [1n, (lost as bigint) - 1n, lost as bigint]) {
      await expect(take(feed.follow({ after }), 1)).rejects.toThrow(UnknownPosition);
    }
    const rows = await take(feed.follow({ after: position }), 2);
    expect(rows.map(({ sequence }) => sequence)).toEqual(written);
    // What stays is the newest state, told once more.
    const [kept] = await db.query<Change>('select * from changes where sequence = $1', [position]);
    expect(kept?.product_id).toBe(3n);
    await feed.close();
  });

  test('an empty feed has its next number raised', async () => {
    await db.script('truncate changes; truncate feed_trims');
    const feed = await open();
    await restart();
    const [first] = await append(db, [1n]);
    expect(first).toBeGreaterThan(1_000_000_000n);
    expect((await take(feed.follow({ after: 0n }), 1))[0]?.sequence).toBe(first);
    await feed.close();
  });
});
