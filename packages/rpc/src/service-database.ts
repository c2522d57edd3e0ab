import { type Database, type MigrationSet, migrate, openDatabase } from '@hotpath/database';
import { z } from 'zod';
import { parseSettings } from './settings.ts';
import { StartError } from './start-error.ts';

/** How often the database is asked whether it is there, and how long it may take to say so, ms. */
const checkMs = 500;

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

/**
 * Opens the process's database, in the folder HOTPATH_DATA, brings its schema up to date and closes it with the
 * process. While the database does not answer, the process is not serving.
 * @throws StartError where production is to be seeded
 */
export async function openServiceDatabase(context: Context, init: ServiceDatabase): Promise<Database> {
  const settings = parseSettings({
    HOTPATH_DATA: z.string().min(1).default('.hotpath'),
    DEMO_DATA: z.stringbool().optional(),
  });
  const seeded = wantsDemoData(settings.DEMO_DATA);
  const db = await openDatabase({ folder: `${settings.HOTPATH_DATA}/${context.name}` });
  context.onClose(() => db.close());
  await migrate(db, init.migrations);
  if (seeded) await init.seed?.(db);

  const check = async () => {
    try {
      await db.health({ signal: AbortSignal.timeout(checkMs) });
      context.setProblem(undefined);
    } catch {
      context.setProblem('the database does not answer');
    }
    timer.refresh();
  };
  const timer = setTimeout(check, checkMs);
  context.onClose(() => clearTimeout(timer));
  return db;
}

/** Whether demo data is wanted: unless told otherwise everywhere but in production. */
function wantsDemoData(setting: boolean | undefined): boolean {
  const production = process.env.NODE_ENV === 'production';
  if (production && setting) {
    throw new StartError(
      'DEMO_DATA is set and NODE_ENV is production: demo accounts have a password that everyone knows. Unset DEMO_DATA.',
    );
  }
  return setting ?? !production;
}
