import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite, type PGliteInterface, type Transaction, types } from '@electric-sql/pglite';
import { DatabaseUnavailable, SqlError } from './errors.ts';
import { lockFolder } from './folder-lock.ts';
import type { Database, Param, Queryable, StatementOptions } from './port.ts';
import { createQueue } from './queue.ts';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.slice(2), 'hex'));
const hex = (value: Uint8Array) => `\\x${Buffer.from(value).toString('hex')}`;

/** Where PGlite's own conversions depend on the value or are slow. */
const conversions = {
  parsers: { [types.INT8]: BigInt, [types.BYTEA]: bytes },
  serializers: { [types.BYTEA]: hex },
};

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
  const unlock = folder === undefined ? () => {} : lockFolder(folder);
  try {
    return databaseOn(await (folder === undefined ? PGlite.create(conversions) : openFolder(folder)), unlock);
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
  const pglite = await PGlite.create({ dataDir, ...conversions });
  rmSync(unfinished, { force: true });
  return pglite;
}

function databaseOn(pglite: PGlite, unlock: () => void): Database {
  const queue = createQueue();
  const openTransaction = new AsyncLocalStorage<{ open: boolean }>();
  let closed: Promise<void> | undefined;

  const take = <T>(work: () => Promise<T>, options?: StatementOptions): Promise<T> => {
    if (closed) return Promise.reject(new DatabaseUnavailable('The database is closed.'));
    if (openTransaction.getStore()?.open) {
      return Promise.reject(
        new Error('A transaction is open here: use its tx, the database itself waits for the transaction.'),
      );
    }
    return queue(work, options?.signal);
  };

  return {
    query: (sql, params, options) => take(() => queryable(pglite).query(sql, params), options),
    script: (sql, options) => take(() => queryable(pglite).script(sql), options),

    transaction: (work, options) =>
      take(
        () =>
          translated(
            pglite.transaction(async (tx) => {
              const state = { open: true };
              try {
                const result = await openTransaction.run(state, () => work(queryable(tx, options?.signal)));
                options?.signal?.throwIfAborted();
                return result;
              } finally {
                state.open = false;
              }
            }),
          ),
        options,
      ),

    async listen(channel, onWake) {
      if (!/^[a-z_][a-z0-9_]{0,62}$/.test(channel)) {
        throw new RangeError(`A channel is a lower-case SQL name, not ${JSON.stringify(channel)}.`);
      }
      // A wake comes from inside a writer's commit; it is not to run in that writer's asynchronous context.
      const wake = AsyncLocalStorage.bind(() => onWake());
      const stop = await take(() => pglite.listen(channel, wake));
      return async () => {
        if (!closed) await queue(() => stop());
      };
    },

    health: async (options) => {
      await take(() => queryable(pglite).query('select 1'), options);
    },

    close() {
      closed ??= queue(async () => {
        await pglite.close().finally(unlock);
      });
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

/** PGlite hands on PostgreSQL's own error fields, as text, and the parameters, which may be secret: they stay here. */
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
