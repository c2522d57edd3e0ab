import { DatabaseUnavailable, UnknownPosition } from './errors.ts';
import { createFollowers, type FeedRow } from './followers.ts';
import { createMailbox } from './mailbox.ts';
import type { Database, StatementOptions } from './port.ts';
import { createWorker } from './worker.ts';

const pageRows = 1_000;
const defaultCapacity = 1_000;
const lastPosition = 2n ** 63n - 1n;

export interface FeedOptions {
  /** The table, which a migration made a feed: `select make_feed('events')`. */
  readonly table: string;
  /** The bigint column that `follow` finds its keys in; with an index on it and `sequence`. */
  readonly key: string;
  /** Told when reading fails; it is tried again. */
  readonly onError: (error: unknown) => void;
}

export interface FollowOptions<Row> {
  /**
   * The last position already known: 0n for none, the position that a snapshot was read at, or the sequence of
   * the last row that was followed.
   */
  readonly after: bigint;
  /** Only rows with one of these keys; left out: all rows. */
  readonly keys?: readonly bigint[];
  /** Only rows that this accepts. It is called for each row, so it must be quick. */
  readonly match?: (row: Row) => boolean;
  /** How many rows may wait for the follower before it ends with SlowSubscriber. Default 1,000. */
  readonly capacity?: number;
  /** Ends the following; the iterator then throws its reason. */
  readonly signal?: AbortSignal;
}

/** The committed changes of one table, read once per process however many follow them. */
export interface Feed<Row extends FeedRow> {
  /**
   * Gives every row after a position exactly once and in order: first those that are stored, then each as it is
   * committed. It never ends by itself. Read a snapshot and its position in one statement, with
   * `(select coalesce(max(sequence), 1) from events) as position`, and nothing is missed or seen twice.
   *
   * @throws {UnknownPosition} when the feed never reached the position, or was trimmed beyond it: take a new snapshot
   * @throws {SlowSubscriber} when the follower did not keep up: follow again after the last row
   * @throws {DatabaseUnavailable} when the feed is closed
   */
  follow(options: FollowOptions<Row>): AsyncGenerator<Row, void, void>;
  /**
   * As `follow`, but gives what there is together. A first page comes at once, maybe empty: the position is known.
   */
  pages(options: FollowOptions<Row>): AsyncGenerator<readonly Row[], void, void>;
  /** The position of the newest row; that of an empty feed is 1n, which no row has: 0n means none. */
  newestPosition(options?: StatementOptions): Promise<bigint>;
  /**
   * How far this process has read: its position, and the age of the oldest row after it, seconds; 0 where there is none.
   * The table needs a column `created_at`.
   */
  lag(options?: StatementOptions): Promise<{ readonly position: bigint; readonly seconds: number }>;
  /** How many follow now. */
  readonly followers: number;
  /** Ends all following and the reading. Close the feed before its database. */
  close(): Promise<void>;
}

/**
 * Opens the feed of a table and starts its reader, the only one of this process for this table. While nobody
 * follows, the reader only keeps its position up to date.
 */
export async function openFeed<Row extends FeedRow>(
  db: Database,
  { table, key, onError }: FeedOptions,
): Promise<Feed<Row>> {
  const followers = createFollowers<Row>(key);
  let position = await newestPosition();

  async function newestPosition(options?: StatementOptions): Promise<bigint> {
    const [row] = await db.query<{ position: bigint }>(
      `select coalesce(max(sequence), 1) as position from ${table}`,
      [],
      options,
    );
    return row?.position ?? 1n;
  }

  async function trimmedUpTo(options?: StatementOptions): Promise<bigint> {
    const [row] = await db.query<{ position: bigint }>(
      'select up_to as position from feed_trims where feed = $1',
      [table],
      options,
    );
    return row?.position ?? 0n;
  }

  /**
   * The next rows after one position and up to another. Whether the feed was trimmed beyond the first is looked at
   * by the same statement and so in the same snapshot: no trim can come between the question and the answer.
   */
  async function readPage(
    after: bigint,
    upTo: bigint,
    { keys, signal }: Pick<FollowOptions<Row>, 'keys' | 'signal'> = {},
  ): Promise<Row[]> {
    const ofKeys = keys ? `and ${key} = any($4::bigint[])` : '';
    const rows = await db.query<Row>(
      `select * from ${table} where sequence > $1 and sequence <= $2 ${ofKeys}
       and not exists (select from feed_trims where feed = $3 and up_to > $1)
       order by sequence limit ${pageRows}`,
      [after, upTo, table, ...(keys ? [keys] : [])],
      { signal },
    );
    if (rows.length === 0 && (await trimmedUpTo({ signal })) > after) throw new UnknownPosition(table, after);
    return rows;
  }

  const reader = createWorker(async () => {
    if (followers.size === 0) {
      const newest = await newestPosition();
      // Who came meanwhile counts on every row after the position it found.
      if (followers.size === 0) {
        position = newest;
        return undefined;
      }
    }
    const rows = await readOn();
    for (const row of rows) {
      position = row.sequence;
      followers.give(row);
    }
    return rows.length === pageRows ? 0 : undefined;
  }, onError);
  const unlisten = await db.listen(table, reader.wake);
  // For what was committed after the position was read and before anyone listened.
  reader.wake();

  /** The reader's next rows. Where it was away for so long that they are gone, its followers must know. */
  async function readOn(): Promise<Row[]> {
    try {
      return await readPage(position, lastPosition);
    } catch (error) {
      if (!(error instanceof UnknownPosition)) throw error;
      const newest = await newestPosition();
      followers.fail(error);
      position = newest;
      return [];
    }
  }

  async function* pages(options: FollowOptions<Row>): AsyncGenerator<readonly Row[], void, void> {
    const { after, keys, match = () => true, capacity = defaultCapacity, signal } = options;
    signal?.throwIfAborted();
    const mailbox = createMailbox<Row>(capacity);
    const leave = followers.add({ keys, match, mailbox });
    // From here on every row after this position comes by the mailbox.
    const joinedAt = position;
    const abort = () => mailbox.fail(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      if (after > joinedAt && after > (await newestPosition({ signal })))
        throw new UnknownPosition(table, after);
      let from = after;
      while (from < joinedAt) {
        const rows = await readPage(from, joinedAt, { keys, signal });
        from = rows.length === pageRows ? (rows.at(-1)?.sequence ?? joinedAt) : joinedAt;
        yield rows.filter(match);
      }
      if (after >= joinedAt) yield [];
      for (;;) {
        const rows = (await mailbox.take()).filter(({ sequence }) => sequence > after);
        if (rows.length > 0) yield rows;
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      leave();
    }
  }

  return {
    pages,
    async *follow(options) {
      for await (const rows of pages(options)) {
        for (const row of rows) {
          yield row;
          options.signal?.throwIfAborted();
        }
      }
    },
    newestPosition,

    async lag(options) {
      const read = position;
      const [row] = await db.query<{ seconds: number | null }>(
        `select extract(epoch from clock_timestamp() - created_at)::float8 as seconds
         from ${table} where sequence > $1 order by sequence limit 1`,
        [read],
        options,
      );
      return { position: read, seconds: row?.seconds ?? 0 };
    },

    get followers() {
      return followers.size;
    },

    async close() {
      followers.close(new DatabaseUnavailable(`The feed of ${table} is closed.`));
      await reader.close();
      await unlisten();
    },
  };
}
