import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { append, type Change, createChanges, positionOf } from './feed.testing.ts';
import { type Feed, openFeed } from './feed.ts';
import { openDatabase } from './open.ts';
import type { Database } from './port.ts';

let db: Database;
beforeAll(async () => {
  db = await openDatabase({ folder: undefined });
  await createChanges(db);
}, 60_000);
afterAll(() => db.close());

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const product = fc.constantFrom(1n, 2n, 3n);

/** What may happen while watchers watch. `turns` lets that much other work come in between. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('write'), of: fc.array(product, { minLength: 1, maxLength: 5 }) }),
  fc.record({ kind: fc.constant('rollBack'), of: fc.array(product, { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: fc.constant('watch'), of: fc.array(product, { minLength: 1, maxLength: 2 }) }),
  fc.record({ kind: fc.constant('disconnect'), of: fc.constant([]) }),
  fc.record({ kind: fc.constant('restart'), of: fc.constant([]) }),
);
const plan = fc.array(fc.tuple(step, fc.nat({ max: 3 })), { maxLength: 25 });

/** Every watcher follows this product too; its one row ends the watching. */
const endOfWatch = 0n;

/** Someone who reads a snapshot, follows from it, and goes on after the last row whenever it was cut off. */
function createWatcher(of: readonly bigint[], feedNow: () => Feed<Change>) {
  const keys = [...new Set(of), endOfWatch];
  const seen: bigint[] = [];
  const start = positionOf(db);
  let connection = new AbortController();

  async function run(): Promise<void> {
    const position = await start;
    for (;;) {
      try {
        const after = seen.at(-1) ?? position;
        for await (const row of feedNow().follow({ after, keys, signal: connection.signal })) {
          seen.push(row.sequence);
          if (row.product_id === endOfWatch) return;
        }
      } catch {
        // Cut off: come again.
        await nextTurn();
      }
    }
  }

  return {
    keys,
    seen,
    start,
    ended: run(),
    disconnect() {
      connection.abort();
      connection = new AbortController();
    },
  };
}

async function rollBack(of: readonly bigint[]): Promise<void> {
  const writing = db.transaction(async (tx) => {
    await append(tx, of);
    throw new Error('rolled back');
  });
  await writing.catch(() => {});
}

test('whatever happens meanwhile, a watcher sees each row after its snapshot once and in order', async () => {
  const open = () => openFeed<Change>(db, { table: 'changes', key: 'product_id', onError: () => {} });

  const property = fc.asyncProperty(plan, async (steps) => {
    let feed = await open();
    const watchers: ReturnType<typeof createWatcher>[] = [];
    const writes: Promise<unknown>[] = [];
    for (const [{ kind, of }, turns] of steps) {
      if (kind === 'write') writes.push(append(db, of));
      if (kind === 'rollBack') writes.push(rollBack(of));
      if (kind === 'watch') watchers.push(createWatcher(of, () => feed));
      if (kind === 'disconnect') watchers.at(-1)?.disconnect();
      if (kind === 'restart') {
        const old = feed;
        feed = await open();
        await old.close();
      }
      for (let turn = 0; turn < turns; turn += 1) await nextTurn();
    }
    await Promise.all([...writes, ...watchers.map(({ start }) => start)]);
    await append(db, [endOfWatch]);

    for (const { seen, start, keys, ended } of watchers) {
      await ended;
      const rows = await db.query<{ sequence: bigint }>(
        'select sequence from changes where sequence > $1 and product_id = any($2) order by sequence',
        [await start, keys],
      );
      expect(seen).toEqual(rows.map(({ sequence }) => sequence));
    }
    await feed.close();
  });

  await fc.assert(property, { numRuns: 100, timeout: 5_000 });
}, 60_000);
