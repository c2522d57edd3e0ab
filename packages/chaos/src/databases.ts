import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, openDatabase } from '@hotpath/database';
import { migrateService, type PostgresServer, startPostgres } from '@hotpath/testing';
import type { Trial } from './trial.ts';

/** Starts a PostgreSQL server of the trial's own. */
export async function startServer(trial: Trial): Promise<PostgresServer> {
  const server = await startPostgres();
  trial.onClose(() => server.stop());
  return server;
}

/** Makes a service's database by its own migrate command, with the demo shop in it. @returns its URL */
export async function migrated(
  server: PostgresServer,
  service: 'inventory' | 'pricing' | 'user',
): Promise<string> {
  const url = await server.createDatabase();
  await migrateService(service, url);
  return url;
}

/** A connection of the runner's own to a service's database. */
export async function look(trial: Trial, url: string): Promise<Database> {
  const db = await openDatabase({ url, poolMax: 2 });
  trial.onClose(() => db.close());
  return db;
}

/** How many statements wait for a lock now, in the database that is looked at. */
export async function waiting(db: Database): Promise<number> {
  const [row] = await db.query<{ waiting: number }>(
    `select count(*)::int as waiting from pg_stat_activity
     where datname = current_database() and state = 'active' and wait_event_type = 'Lock'`,
  );
  return row?.waiting ?? 0;
}

/** Runs a statement that takes a lock, and holds that until the returned function is called. */
export async function hold(db: Database, sql: string): Promise<() => Promise<void>> {
  const taken = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const done = db.transaction(async (tx) => {
    await tx.query(sql);
    taken.resolve();
    await released.promise;
  });
  done.catch(taken.reject);
  await taken.promise;
  return () => {
    released.resolve();
    return done;
  };
}

/** How long it takes until something is so, ms; `mostMs` where it is not by then. */
export async function msUntil(mostMs: number, isSo: () => Promise<boolean>): Promise<number> {
  const from = performance.now();
  while (performance.now() - from < mostMs) {
    if (await isSo()) return performance.now() - from;
    await sleep(5);
  }
  return mostMs;
}
