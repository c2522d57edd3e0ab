import { setTimeout as sleep } from 'node:timers/promises';
import {
  checkMigrated,
  type Database,
  DatabaseUnavailable,
  MigrationError,
  type MigrationSet,
  migrate,
  openDatabase,
} from '@hotpath/database';
import { tracing, trackPool } from '@hotpath/telemetry';
import { z } from 'zod';
import { parseSettings } from './settings.ts';
import { StartError } from './start-error.ts';
import { tracedDatabase } from './traced-database.ts';
import { defended } from './trials.ts';

/** How often the database is asked whether it is there, ms. */
const checkMs = 150;
/**
 * How long it may take to say so, ms. A refused connection tells at once that it is gone; silence may be a busy machine,
 * and to end all serving for that would be worse than to wait. With `checkMs` still within a second.
 */
const silenceMs = 650;

/** What a process's context gives its database. */
type Context = {
  readonly name: string;
  onClose(close: () => Promise<void> | void): void;
  setProblem(problem: string | undefined): void;
};

/** A service's own database. */
export type ServiceDatabase = {
  /** Its schema, oldest first. */
  readonly migrations: readonly MigrationSet[];
  /** Fills an empty one with demo data; DEMO_DATA=false leaves it empty, and production always does. */
  seed?(db: Database): Promise<unknown>;
};

/** The URL of a database on a PostgreSQL server. */
export const databaseUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'must be postgres://USER:PASSWORD@HOST:PORT/DB',
});

/**
 * Opens the process's database and closes it with the process: on the PostgreSQL server of DATABASE_URL where that is
 * set, else embedded, in the folder HOTPATH_DATA. The embedded one is brought up to date and filled here. On a server
 * that is the migrate command's work: here the start waits, alive but not serving, until the server is there.
 * While the database does not answer, the process is not serving.
 * @throws StartError where production is to be seeded, or the schema on the server lacks a migration
 */
export async function openServiceDatabase(context: Context, init: ServiceDatabase): Promise<Database> {
  const settings = parseSettings({
    HOTPATH_DATA: z.string().min(1).default('.hotpath'),
    DATABASE_URL: databaseUrl.optional(),
    DATABASE_POOL: z.coerce.number().int().min(1).max(1_000).default(10),
    ...seedSettings,
  });
  const { DATABASE_URL: url, DATABASE_POOL: poolMax } = settings;
  const seeded = wantsDemoData(settings.DEMO_DATA);
  const folder = `${settings.HOTPATH_DATA}/${context.name}`;
  const db = await openDatabase(url === undefined ? { folder } : { url, poolMax });
  context.onClose(() => db.close());
  if (db.pool) trackPool(context.name, db.pool);
  if (url === undefined) {
    await migrate(db, init.migrations);
    if (seeded) await init.seed?.(db);
  } else {
    await untilMigrated(db, init.migrations, context);
  }
  watchHealth(db, context);
  const traced = tracing ? tracedDatabase(db, tracing) : db;
  return defended('statements') ? traced : heedless(traced);
}

/** Where an empty database is to be filled with demo data. */
export const seedSettings = { DEMO_DATA: z.stringbool().optional() };

/**
 * Whether demo data is wanted: unless told otherwise everywhere but in production.
 * @throws StartError where production is told to
 */
export function wantsDemoData(setting: boolean | undefined): boolean {
  const production = process.env.NODE_ENV === 'production';
  if (production && setting) {
    throw new StartError(
      'DEMO_DATA is set and NODE_ENV is production: demo accounts have a password that everyone knows. Unset DEMO_DATA.',
    );
  }
  return setting ?? !production;
}

/** Waits until the server answers and finds that its schema has every migration. */
async function untilMigrated(db: Database, sets: readonly MigrationSet[], context: Context): Promise<void> {
  const { name, onClose, setProblem } = context;
  let closing = false;
  onClose(() => {
    closing = true;
  });
  for (;;) {
    try {
      await checkMigrated(db, sets);
      return setProblem(undefined);
    } catch (error) {
      if (error instanceof MigrationError) {
        throw new StartError(
          `${error.message} (npm run migrate -w services/${name} applies what is missing)`,
        );
      }
      if (closing || !(error instanceof DatabaseUnavailable)) throw error;
      setProblem('the database does not answer');
    }
    await sleep(checkMs);
  }
}

function watchHealth(db: Database, { onClose, setProblem }: Context): void {
  if (!defended('database-health')) return;
  const check = async () => {
    try {
      await db.health({ signal: AbortSignal.timeout(silenceMs) });
      setProblem(undefined);
    } catch {
      setProblem('the database does not answer');
    }
    timer.refresh();
  };
  const timer = setTimeout(check, checkMs);
  onClose(() => clearTimeout(timer));
}

/** The same database, whose statements know nothing of the calls that they are made for. */
function heedless(db: Database): Database {
  return {
    ...db,
    query: (sql, params) => db.query(sql, params),
    script: (sql) => db.script(sql),
    transaction: (work) => db.transaction(work),
  };
}
