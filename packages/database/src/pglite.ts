import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  PGlite,
  type PGliteInterface,
  type PGliteOptions,
  type Transaction,
  types,
} from '@electric-sql/pglite';
import { DatabaseUnavailable, SqlError } from './errors.ts';
import { lockFolder } from './folder-lock.ts';
import { checkChannel, type Database, type Param, type Queryable, type StatementOptions } from './port.ts';
import { createQueue } from './queue.ts';
import { createTransactionGuard } from './transaction-guard.ts';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.slice(2), 'hex'));
const hex = (value: Uint8Array) => `\\x${Buffer.from(value).toString('hex')}`;

const pgliteOptions: PGliteOptions = {
  // Where PGlite's own conversions depend on the value or are slow.
  parsers: { [types.INT8]: BigInt, [types.BYTEA]: bytes },
  serializers: { [types.BYTEA]: hex },
  // Its default, 128 MB of buffers, is memory of this process and no faster for data of this size.
  startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=32MB', '-c', 'max_wal_size=64MB'],
};

/** Files of 16 MB in the write-ahead log beyond which it is cut: they take disk, and time after a crash. */
const longestLog = 12;

/**
 * Opens PGlite, PostgreSQL compiled to WebAssembly inside this process. It has one connection, so statements
 * and transactions take turns, and it blocks the event loop while a statement runs: keep statements short.
 * A running statement cannot be cancelled. What was committed survives the death of the process, however
 * sudden; it may not survive a power failure, as PGlite never calls fsync.
 *
 * @param folder the data folder, made where it is missing; undefined keeps everything in memory
 * @throws {FolderInUseError} when another process has the folder
 */
export async function openPglite(folder: string | undefined): Promise<Database> {
  if (folder === undefined) return databaseOn(await PGlite.create(pgliteOptions));
  const unlock = lockFolder(folder);
  try {
    return databaseOn(await openFolder(folder), unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/** A first start that was cut short leaves half a database in which nothing was ever stored: it starts anew. */
async function openFolder(folder: string): Promise<PGlite> {
  const dataDir = join(folder, 'data');
  const unfinished = join(folder, 'unfinished');
  if (existsSync(unfinished)) rmSync(dataDir, { recursive: true, force: true });
  if (!existsSync(dataDir)) writeFileSync(unfinished, '');
  const pglite = await PGlite.create({ dataDir, ...pgliteOptions });
  rmSync(unfinished, { force: true });
  // No autovacuum runs inside PGlite; this is quick where little was changed since the last time.
  await pglite.exec('vacuum (analyze)');
  return pglite;
}

/** No checkpointer runs inside PGlite either. */
async function cutLog(pglite: PGlite): Promise<void> {
  const { dataDir } = pglite;
  if (dataDir && readdirSync(join(dataDir, 'pg_wal')).length > longestLog) await pglite.exec('checkpoint');
}

function databaseOn(pglite: PGlite, unlock = () => {}): Database {
  const queue = createQueue(1);
  const guard = createTransactionGuard();
  let closed: Promise<void> | undefined;

  async function take<T>(work: () => Promise<T>, options?: StatementOptions): Promise<T> {
    if (closed) throw new DatabaseUnavailable('The database is closed.');
    guard.refuseInside();
    return queue.run(() => {
      options?.onConnection?.();
      return work();
    }, options?.signal);
  }

  async function transact<T>(work: (tx: Queryable) => Promise<T>, signal?: AbortSignal): Promise<T> {
    await cutLog(pglite);
    return pglite.transaction(async (tx) => {
      const result = await guard.run(() => work(queryable(tx, signal)));
      signal?.throwIfAborted();
      return result;
    });
  }

  return {
    query: (sql, params, options) => take(() => queryable(pglite).query(sql, params), options),
    script: (sql, options) => take(() => queryable(pglite).script(sql), options),
    transaction: (work, options) => take(() => translated(transact(work, options?.signal)), options),

    async listen(channel, onWake) {
      checkChannel(channel);
      // A wake comes out of a writer's commit; it is not to run in that writer's asynchronous context.
      const wake = AsyncLocalStorage.bind(() => onWake());
      const stop = await take(() => pglite.listen(channel, wake));
      return async () => {
        if (!closed) await queue.run(() => stop());
      };
    },

    async health(options) {
      await take(() => queryable(pglite).query('select 1'), options);
    },

    close() {
      closed ??= queue.idle().then(() => pglite.close().finally(unlock));
      return closed;
    },
  };
}

/** Statements on PGlite or in its open transaction; `outer` is the signal of the transaction. */
function queryable(on: PGliteInterface | Transaction, outer?: AbortSignal): Queryable {
  const check = (options?: StatementOptions) => {
    outer?.throwIfAborted();
    options?.signal?.throwIfAborted();
  };
  return {
    async query<Row extends object>(sql: string, params: readonly Param[] = [], options?: StatementOptions) {
      check(options);
      const { rows } = await translated(on.query<Row>(sql, [...params]));
      return rows;
    },
    async script(sql, options) {
      check(options);
      await translated(on.exec(sql));
    },
  };
}

/**
 * PGlite hands on PostgreSQL's own error fields, as text, together with the parameters, which may be secret:
 * those stay here.
 */
async function translated<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !('severity' in error)) throw error;
    const { code, constraint, detail, position } = error as Error & Record<string, string | undefined>;
    throw new SqlError(error.message, {
      code: code ?? 'XX000',
      constraint,
      detail,
      position: position ? Number(position) : undefined,
    });
  }
}
