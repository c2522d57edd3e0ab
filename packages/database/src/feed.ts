import { DatabaseUnavailable, UnknownPosition } from './errors.ts';
import { createFollowers, type FeedRow } from './followers.ts';
import { createMailbox } from './mailbox.ts';
import type { Database } from './port.ts';
import { createWorker } from './worker.ts';

const pageRows = 1_000;
const defaultCapacity = 1_000;

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
   * `(select coalesce(max(sequence), 0) from events) as position`, and nothing is missed or seen twice.
   *
   * @throws {UnknownPosition} when the feed never reached the position: take a new snapshot
   * @throws {SlowSubscriber} when the follower did not keep up: follow again after the last row
   * @throws {DatabaseUnavailable} when the feed is closed
   */
  follow(options: FollowOptions<Row>): AsyncGenerator<Row, never, void>;
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

  async function newestPosition(signal?: AbortSignal): Promise<bigint> {
    const [row] = await db.query<{ position: bigint }>(
      `select coalesce(max(sequence), 0) as position from ${table}`,
      [],
      { signal },
    );
    return row?.position ?? 0n;
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
    const rows = await db.query<Row>(
      `select * from ${table} where sequence > $1 order by sequence limit ${pageRows}`,
      [position],
    );
    for (const row of rows) {
      position = row.sequence;
      followers.give(row);
    }
    return rows.length === pageRows ? 0 : undefined;
  }, onError);
  const unlisten = await db.listen(table, reader.wake);
  // For what was committed after the position was read and before anyone listened.
  reader.wake();

  /**
   * The stored rows after one position and up to another. Once old rows are trimmed, this is the place to throw
   * UnknownPosition for a position before the oldest.
   */
  async function* stored({ keys, signal }: FollowOptions<Row>, after: bigint, upTo: bigint) {
    while (after < upTo) {
      const rows = await db.query<Row>(
        `select * from ${table} where sequence > $1 and sequence <= $2
         and ($3::bigint[] is null or ${key} = any($3::bigint[])) order by sequence limit ${pageRows}`,
        [after, upTo, keys ? [...keys] : null],
        { signal },
      );
      yield* rows;
      after = rows.length === pageRows ? (rows.at(-1)?.sequence ?? upTo) : upTo;
    }
  }

  return {
    async *follow(options) {
      const { after, keys, match = () => true, capacity = defaultCapacity, signal } = options;
      signal?.throwIfAborted();
      const mailbox = createMailbox<Row>(capacity);
      const leave = followers.add({ keys, match, mailbox });
      // From here on every row after this position comes by the mailbox.
      const joinedAt = position;
      const abort = () => mailbox.fail(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      try {
        if (after > joinedAt && after > (await newestPosition(signal)))
          throw new UnknownPosition(table, after);
        for await (const row of stored(options, after, joinedAt)) if (match(row)) yield row;
        for (;;) {
          const row = await mailbox.take();
          if (row.sequence > after) yield row;
        }
      } finally {
        signal?.removeEventListener('abort', abort);
        leave();
      }
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
