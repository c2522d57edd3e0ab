/**
 * The one door to a relational database. Two adapters stand behind it, PGlite embedded in the process and a
 * PostgreSQL server, and nothing here says which: code written against this file runs on both.
 */

/**
 * A value for a `$1` placeholder. JSON goes as text, with a cast in the statement: `$1::jsonb` and
 * `JSON.stringify(value)`. Arrays serve `unnest($1::bigint[], $2::text[])` and `= any($1::bigint[])`.
 * `undefined` is not a value; a missing one is `null`.
 */
export type Param = Scalar | readonly Scalar[];
export type Scalar = string | number | bigint | boolean | Date | Uint8Array | null;

export interface StatementOptions {
  /**
   * Ends the statement when it aborts; the promise then rejects with the signal's reason. Pass the call's own
   * signal, which also aborts at the call's deadline. What still waits for its turn is dropped unrun. What
   * runs is cancelled on a PostgreSQL server; PGlite cannot cancel, so there it runs to its end.
   */
  readonly signal?: AbortSignal;
  /**
   * How many ms are left for it, Infinity for no limit; asked when it is sent. A PostgreSQL server ends it by
   * itself soon after those, should the signal's cancel not reach it. A kit `Call` has both.
   */
  remaining?(): number;
  /** Told when it has waited for its connection, or for its turn on the only one, and begins. It must not throw. */
  onConnection?(): void;
}

/** What runs statements: the database itself, each statement its own transaction, or one open transaction. */
export interface Queryable {
  /**
   * Runs one statement and returns its rows: int8 as bigint, int2, int4 and float8 as number, timestamptz as
   * Date, bytea as Uint8Array, jsonb parsed, arrays as arrays, numeric, uuid and text as string. To learn how
   * many rows a write touched, let it return them (`returning`).
   *
   * @throws {SqlError} when the database refuses the statement
   * @throws {DatabaseUnavailable} when the database is closed or cannot be reached
   * @throws {DatabaseBusy} when too many statements wait already
   */
  query<Row extends object = Record<string, unknown>>(
    sql: string,
    params?: readonly Param[],
    options?: StatementOptions,
  ): Promise<Row[]>;
  /** Runs several statements without parameters, as one transaction: for migrations and test set-up. */
  script(sql: string, options?: StatementOptions): Promise<void>;
}

/** What a pool of connections does now. */
export interface PoolFigures {
  /** Connections at work, those being opened included. */
  readonly used: number;
  readonly idle: number;
  /** Statements and transactions that wait for a connection. */
  readonly waiting: number;
  /** Most connections. */
  readonly max: number;
}

/** An open database. */
export interface Database extends Queryable {
  /**
   * Runs `work` in one transaction (read committed) on one connection: committed when its promise resolves,
   * rolled back when it rejects or the signal aborts before the commit. Only `tx` belongs to the transaction,
   * and only until `work` ends; a statement on the database itself from inside `work` is refused, as it would
   * wait for the transaction that waits for it. Keep it short: with PGlite every other statement waits. Where the
   * signal aborts, or the connection is lost, while it is being committed, it may be committed or not.
   *
   * @throws {SqlError} also when `work` swallowed a failed statement, as nothing can be committed after one
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>, options?: StatementOptions): Promise<T>;
  /**
   * Calls `onWake` after each commit that notified the channel (`select pg_notify('prices', '')`), in this
   * process or another. Wakes may merge and carry no payload, and one also comes when a lost connection was
   * restored: a wake means "look at the table", never "this happened once". It must not throw. `channel` is
   * a lower-case SQL name. The promise resolves when listening; the function it gives ends the listening.
   */
  listen(channel: string, onWake: () => void): Promise<() => Promise<void>>;
  /** Resolves when the database answers a statement, rejects with what is wrong when it does not. */
  health(options?: StatementOptions): Promise<void>;
  /** What its pool does now; undefined where there is none. */
  readonly pool?: () => PoolFigures;
  /** Waits for what runs, refuses what comes later, and lets go of the database. May be called twice. */
  close(): Promise<void>;
}

/** Checks the name of a channel. @throws {RangeError} where it would need quotes */
export function checkChannel(channel: string): void {
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(channel)) return;
  throw new RangeError(`A channel is a lower-case SQL name, not ${JSON.stringify(channel)}.`);
}
