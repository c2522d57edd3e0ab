import type { Database, Queryable } from './port.ts';
import { createWorker } from './worker.ts';

/** Rows deleted by one transaction: some ms of work, so that nobody waits long for its end. */
const batchRows = 1_000;
const everyMs = 3_600_000;

export interface TrimOptions {
  /** The feeds, by their tables; each has a column `created_at timestamptz not null default now()`. */
  readonly feeds: readonly string[];
  /** How long the rows of a feed are kept, ms. Who resumes from further back is told so, and takes a snapshot. */
  readonly eventsKeptMs: number;
  /** How long the answers of `once` are kept, ms. A request that is repeated later is done again. */
  readonly answersKeptMs: number;
}

/**
 * Deletes what is older than it is kept, in batches, and remembers how far each feed was trimmed. The newest row of
 * a feed always stays: it is the feed's position. Whoever finds another process at it leaves the rest to that one.
 */
export async function trim(db: Database, { feeds, eventsKeptMs, answersKeptMs }: TrimOptions): Promise<void> {
  const tasks = feeds.map((feed) => (tx: Queryable) => trimFeed(tx, feed, eventsKeptMs));
  tasks.push((tx) => forgetAnswers(tx, answersKeptMs));
  for (const deleteBatch of tasks) {
    let deleted: number | undefined;
    do {
      deleted = await db.transaction((tx) => alone(tx, deleteBatch));
      if (deleted === undefined) return;
    } while (deleted === batchRows);
  }
}

/** Trims at once and then every hour, until it is closed. `onError` is told when it fails; it is tried again. */
export function startTrimming(
  db: Database,
  options: TrimOptions,
  onError: (error: unknown) => void,
): { close(): Promise<void> } {
  return createWorker(async () => {
    await trim(db, options);
    return everyMs;
  }, onError);
}

/** Does some work unless another process is at it. */
async function alone<T>(tx: Queryable, work: (tx: Queryable) => Promise<T>): Promise<T | undefined> {
  const [lock] = await tx.query<{ taken: boolean }>(
    `select pg_try_advisory_xact_lock('feed_trims'::regclass::oid::bigint) as taken`,
  );
  return lock?.taken ? work(tx) : undefined;
}

/**
 * Only rows before the first one that is to be kept go: `created_at` is when a transaction began, so that its order
 * is not quite that of the feed.
 */
async function trimFeed(tx: Queryable, feed: string, keptMs: number): Promise<number> {
  const [row] = await tx.query<{ deleted: number }>(
    `with batch as (
       select sequence, bool_and(created_at < statement_timestamp() - $1 * interval '1 ms')
         over (order by sequence rows unbounded preceding) as goes
       from ${feed} where sequence < (select max(sequence) from ${feed})
       order by sequence limit ${batchRows}
     ), cut as (
       select max(sequence) as up_to from batch where goes
     ), remembered as (
       insert into feed_trims (feed, up_to) select $2, up_to from cut where up_to is not null
       on conflict (feed) do update set up_to = excluded.up_to
     ), deleted as (
       delete from ${feed} where sequence <= (select up_to from cut) returning 1
     )
     select count(*)::int as deleted from deleted`,
    [keptMs, feed],
  );
  return row?.deleted ?? 0;
}

async function forgetAnswers(tx: Queryable, keptMs: number): Promise<number> {
  const deleted = await tx.query(
    `delete from idempotency where (caller, method, request_id) in (
       select caller, method, request_id from idempotency
       where created_at < statement_timestamp() - $1 * interval '1 ms'
       order by created_at limit ${batchRows}
     ) returning 1`,
    [keptMs],
  );
  return deleted.length;
}
