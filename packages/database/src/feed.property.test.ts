import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DatabaseUnavailable, UnknownPosition } from './errors.ts';
import { append, type Change, createChanges, positionOf } from './feed.testing.ts';
import { type Feed, openFeed } from './feed.ts';
import { openDatabase } from './open.ts';
import type { Database } from './port.ts';
import { trim } from './trim.ts';

/** As many as a laptop does in a few seconds; MODEL_RUNS says otherwise. */
const histories = Number(process.env.MODEL_RUNS ?? 50);

let db: Database;
beforeAll(async () => {
  db = await openDatabase({ folder: undefined });
  await createChanges(db);
}, 60_000);
afterAll(() => db.close());

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const product = fc.constantFrom(1n, 2n, 3n);

const happening = (kind: string, most = 0) =>
  fc.record({
    kind: fc.constant(kind),
    of: fc.array(product, { minLength: Math.min(1, most), maxLength: most }),
  });

/** What may happen while watchers watch. `turns` lets that much other work come in between. */
const step = fc.oneof(
  { weight: 5, arbitrary: happening('write', 5) },
  { weight: 1, arbitrary: happening('rollBack', 3) },
  { weight: 3, arbitrary: happening('watch', 2) },
  { weight: 3, arbitrary: happening('disconnect') },
  { weight: 1, arbitrary: happening('restart') },
  { weight: 1, arbitrary: happening('loseDatabase') },
  { weight: 2, arbitrary: happening('findDatabase') },
  { weight: 2, arbitrary: happening('trim') },
);
const plan = fc.array(fc.tuple(step, fc.nat({ max: 3 })), { minLength: 5, maxLength: 20 });

/** Every watcher follows this product too; its one row ends the watching. */
const endOfWatch = 0n;

/** The database as a service has it that may lose its connections: statements fail, and nothing wakes it. */
function losable() {
  const wakes = new Set<() => void>();
  let lost = false;
  const given: Database = {
    ...db,
    async query(...statement) {
      if (lost) throw new DatabaseUnavailable('lost');
      return db.query(...statement);
    },
    async listen(channel, onWake) {
      wakes.add(onWake);
      const stop = await db.listen(channel, () => lost || onWake());
      return () => {
        wakes.delete(onWake);
        return stop();
      };
    },
  };
  return {
    db: given,
    lose() {
      lost = true;
    },
    find() {
      if (lost) for (const wake of wakes) wake();
      lost = false;
    },
  };
}

/** What a watcher saw between one snapshot and the next. */
interface Sight {
  /** The snapshot's position. */
  readonly start: bigint;
  readonly seen: bigint[];
}

/**
 * Someone who reads a snapshot, follows from it, and goes on after the last row whenever it was cut off, or from
 * another snapshot where that cannot be.
 */
function createWatcher(of: readonly bigint[], snapshot: () => Promise<bigint>, feedNow: () => Feed<Change>) {
  const keys = [...new Set(of), endOfWatch];
  const sights: Sight[] = [];
  let connection = new AbortController();
  let turnsAway = 0;

  async function run(): Promise<void> {
    let sight: Sight | undefined;
    for (;;) {
      try {
        if (!sight) {
          sight = { start: await snapshot(), seen: [] };
          sights.push(sight);
        }
        const after = sight.seen.at(-1) ?? sight.start;
        for await (const row of feedNow().follow({ after, keys, signal: connection.signal })) {
          sight.seen.push(row.sequence);
          if (row.product_id === endOfWatch) return;
        }
      } catch (error) {
        if (error instanceof UnknownPosition) sight = undefined;
        // Cut off: come again, after a while where it left by itself.
        do await nextTurn();
        while (turnsAway-- > 0);
        turnsAway = 0;
      }
    }
  }

  return {
    keys,
    sights,
    ended: run(),
    disconnect(turns: number) {
      turnsAway = turns;
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
  const property = fc.asyncProperty(plan, async (steps) => {
    const link = losable();
    const open = () => openFeed<Change>(link.db, { table: 'changes', key: 'product_id', onError: () => {} });
    /** Every row that was committed, also of those that are trimmed. */
    const committed: { sequence: bigint; product: bigint }[] = [];
    const write = async (of: readonly bigint[]) => {
      const sequences = await append(db, of);
      committed.push(...sequences.map((sequence, i) => ({ sequence, product: of[i] as bigint })));
    };

    let feed = await open();
    const watchers: ReturnType<typeof createWatcher>[] = [];
    const work: Promise<unknown>[] = [];
    for (const [index, [{ kind, of }, turns]] of steps.entries()) {
      if (kind === 'write') work.push(write(of));
      if (kind === 'rollBack') work.push(rollBack(of));
      if (kind === 'trim') work.push(trim(db, { feeds: ['changes'], eventsKeptMs: 0, answersKeptMs: 1e9 }));
      if (kind === 'watch') {
        watchers.push(
          createWatcher(
            of,
            () => positionOf(link.db),
            () => feed,
          ),
        );
      }
      if (kind === 'disconnect') watchers[index % watchers.length]?.disconnect(5 * turns);
      if (kind === 'loseDatabase') link.lose();
      if (kind === 'findDatabase') link.find();
      if (kind === 'restart') {
        link.find();
        const old = feed;
        feed = await open();
        await old.close();
      }
      for (let turn = 0; turn < turns; turn += 1) await nextTurn();
    }
    link.find();
    await Promise.all(work);
    let over = false;
    const ended = Promise.all(watchers.map((watcher) => watcher.ended)).then(() => {
      over = true;
    });
    // More than once, as a watcher may take another snapshot after the first.
    for (let turn = 0; !over; turn += 1) {
      if (turn % 50 === 0) await write([endOfWatch]);
      await nextTurn();
    }
    await ended;

    for (const { sights, keys } of watchers) {
      for (const { start, seen } of sights) {
        const last = seen.at(-1) ?? start;
        const rows = committed.filter(
          ({ sequence, product }) => sequence > start && sequence <= last && keys.includes(product),
        );
        expect(seen).toEqual(rows.map(({ sequence }) => sequence));
      }
    }
    await feed.close();
  });

  await fc.assert(property, { numRuns: histories, timeout: 10_000 });
}, 120_000);
