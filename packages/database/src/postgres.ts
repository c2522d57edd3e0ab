import pg from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';
import { abandonable } from './abandonable.ts';
import { DatabaseUnavailable, SqlError } from './errors.ts';
import { checkChannel, type Database, type Param, type Queryable, type StatementOptions } from './port.ts';
import { toDatabaseError, unavailable } from './postgres-errors.ts';
import { createListener } from './postgres-listener.ts';
import { createStatementNames, isOutdated } from './postgres-prepared.ts';
import { runStatement, type Statement } from './postgres-statement.ts';
import { limitTime } from './postgres-timeout.ts';
import { columnTypes, textFormats, toPgParam } from './postgres-values.ts';
import { createQueue, type Queue } from './queue.ts';
import { createTransactionGuard } from './transaction-guard.ts';

/** How long opening a connection may take, ms. Who waits for it leaves earlier by its own signal. */
const connectMs = 3_000;
/** How long a connection is kept that nobody uses, ms. */
const idleMs = 60_000;
/** How long a rollback may take, ms. */
const rollbackMs = 1_000;
/** How often the server looks whether the client of a running statement is still there. */
const clientCheck = '-c client_connection_check_interval=1s';

export interface PostgresOptions {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`; `options=-c search_path=...` in it, encoded, names the schema. */
  readonly url: string;
  /** Most connections at work; one more listens. */
  readonly poolMax: number;
}

/** Opens a database of a PostgreSQL server, 14 or newer. It connects when that is first needed. */
export function openPostgres({ url, poolMax }: PostgresOptions): Database {
  const config = clientConfig(url);
  const { host, port, database } = new pg.Client(config);
  const server = `${database} on ${host}:${port}`;
  const pool = new pg.Pool({ ...config, max: poolMax, idleTimeoutMillis: idleMs });
  // A lost connection is told by the statement that fails; the pool drops one that nobody uses.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const queue = createQueue(poolMax);
  const guard = createTransactionGuard();
  const listener = createListener(config);
  const names = createStatementNames();
  let closed: Promise<void> | undefined;

  function refuse(): void {
    if (closed) throw new DatabaseUnavailable('The database is closed.');
    guard.refuseInside();
  }

  /** Has a connection for the time of `use`, which must leave nothing running on it. */
  function withClient<T>(use: (client: pg.PoolClient) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return queue.run(async () => {
      const client = await pool.connect().catch((error) => {
        throw unavailable(error, server);
      });
      let lost = false;
      try {
        signal?.throwIfAborted();
        return await use(client);
      } catch (error) {
        lost = error instanceof DatabaseUnavailable;
        throw error;
      } finally {
        client.release(lost);
      }
    }, signal);
  }

  async function execute(client: pg.Client, statement: Statement, signal?: AbortSignal) {
    signal?.throwIfAborted();
    try {
      return await runStatement(client, names.named(statement), signal);
    } catch (error) {
      if (!isOutdated(error)) throw toDatabaseError(error, server);
      names.forget(statement);
      // A transaction is over by it: only who asked can do it again.
      if (client.getTransactionStatus() === 'I') return execute(client, statement, signal);
      throw new DatabaseUnavailable(`The schema of ${server} changed during a transaction: do it again.`);
    }
  }

  async function run(statement: Statement, options?: StatementOptions): Promise<pg.QueryResult> {
    refuse();
    const signal = options?.signal;
    const answer = withClient((client) => {
      options?.onConnection?.();
      limitTime(client, options);
      return execute(client, statement, signal);
    }, signal);
    return abandonable(answer, signal);
  }

  async function commit(client: pg.Client, signal?: AbortSignal): Promise<void> {
    const { command } = await execute(client, 'commit', signal).catch((error) => {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      throw new DatabaseUnavailable(`${error.message} It was lost at a commit, which may be done or not.`);
    });
    if (command === 'COMMIT') return;
    throw new SqlError('A statement of the transaction failed, so nothing was committed.', { code: '25P02' });
  }

  /** A transaction's statements, one at a time, as a cancel hits whatever their connection runs. */
  function transactionOn(
    client: pg.Client,
    turns: Queue,
    open: () => boolean,
    outer?: AbortSignal,
  ): Queryable {
    return queryable((statement, options) => {
      const signal = eitherOf(outer, options?.signal);
      const answer = turns.run(async () => {
        if (!open()) throw new Error('The transaction has ended: its tx is of no use any more.');
        return execute(client, statement, signal);
      }, signal);
      return abandonable(answer, signal);
    });
  }

  return {
    ...queryable(run),

    async transaction<T>(work: (tx: Queryable) => Promise<T>, options?: StatementOptions): Promise<T> {
      refuse();
      const outer = options?.signal;
      const worked = Promise.withResolvers<void>();
      let working = false;

      const outcome = withClient(async (client) => {
        const turns = createQueue(1, Number.POSITIVE_INFINITY);
        options?.onConnection?.();
        limitTime(client, options);
        try {
          await execute(client, 'begin', outer);
          outer?.throwIfAborted();
          working = true;
          const result = await guard
            .run((open) => work(transactionOn(client, turns, open, outer)))
            .finally(worked.resolve);
          await turns.idle();
          outer?.throwIfAborted();
          await commit(client, outer);
          return result;
        } catch (error) {
          await turns.idle();
          await runStatement(client, 'rollback', AbortSignal.timeout(rollbackMs)).catch(() => {});
          throw error;
        }
      }, outer);
      return abandonable(outcome, outer, async () => (working ? worked.promise : undefined));
    },

    async listen(channel, onWake) {
      checkChannel(channel);
      refuse();
      return listener.listen(channel, onWake).catch((error) => {
        throw unavailable(error, server);
      });
    },

    async health(options) {
      refuse();
      const check = listener.check().catch((error) => {
        throw unavailable(error, server);
      });
      await abandonable(check, options?.signal);
    },

    pool: () => ({ used: queue.running, idle: pool.idleCount, waiting: queue.waiting, max: poolMax }),

    close() {
      closed ??= queue.idle().then(async () => {
        await Promise.all([pool.end(), listener.close()]);
      });
      return closed;
    },
  };
}

function clientConfig(url: string): pg.ClientConfig {
  const config = parseIntoClientConfig(url);
  return {
    ...config,
    options: [config.options, textFormats, clientCheck].filter(Boolean).join(' '),
    types: columnTypes as pg.CustomTypesConfig,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    // What is sent does not wait for the answer to what was sent before it.
    pipeline: true,
  };
}

function eitherOf(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  if (!one || !other || one === other) return one ?? other;
  return AbortSignal.any([one, other]);
}

type Run = (statement: Statement, options?: StatementOptions) => Promise<pg.QueryResult>;

function queryable(run: Run): Queryable {
  return {
    async query<Row extends object>(sql: string, params: readonly Param[] = [], options?: StatementOptions) {
      const { rows } = await run({ text: sql, values: params.map(toPgParam) }, options);
      return rows as Row[];
    },
    async script(sql, options) {
      await run(sql, options);
    },
  };
}
