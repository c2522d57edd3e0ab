import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, DatabaseUnavailable, migrate, openDatabase, SqlError } from '@hotpath/database';
import { z } from 'zod';
import { databaseUrl, type ServiceDatabase, seedSettings, wantsDemoData } from './service-database.ts';
import { parseSettings } from './settings.ts';
import { StartError, wordsFor } from './start-error.ts';

/** How long the server may be away, and how often it is asked meanwhile, ms. */
const waitMs = 60_000;
const askMs = 500;

/**
 * The whole of a service's migrate command: brings the database of DATABASE_URL up to date as its owner, gives the role
 * DATABASE_RUN_ROLE what the service needs, and fills an empty database with demo data where DEMO_DATA says so. Any
 * number may run at once. It prints a line for each file that it applies; what stops it is one line on standard error
 * and exit 1.
 */
export async function migrateServiceDatabase(
  init: ServiceDatabase & { readonly name: string },
): Promise<void> {
  const { name, migrations, seed } = init;
  try {
    const settings = parseSettings({
      DATABASE_URL: databaseUrl.optional(),
      DATABASE_RUN_ROLE: z.string().min(1).optional(),
      ...seedSettings,
    });
    const { DATABASE_URL: url, DATABASE_RUN_ROLE: runRole } = settings;
    if (url === undefined) {
      throw new StartError(
        'DATABASE_URL is not set: give the database on a PostgreSQL server, as its owner. ' +
          'An embedded database needs no command: the start migrates it.',
      );
    }
    const seeded = wantsDemoData(settings.DEMO_DATA);
    const db = await openDatabase({ url, poolMax: 1 });
    try {
      await untilThere(db);
      const applied = await migrate(db, migrations, { runRole });
      for (const line of applied.length > 0 ? applied : ['up to date']) print(process.stdout, line);
      if (seeded) await seed?.(db);
    } finally {
      await db.close();
    }
  } catch (error) {
    const refused = [SqlError, RangeError].some((type) => error instanceof type);
    print(process.stderr, refused ? (error as Error).message : wordsFor(error));
    process.exitCode = 1;
  }

  function print(stream: NodeJS.WriteStream, line: string): void {
    stream.write(`${name}: ${line}\n`);
  }
}

/** @throws StartError where the server stays away */
async function untilThere(db: Database): Promise<void> {
  const giveUpAt = performance.now() + waitMs;
  for (;;) {
    try {
      return await db.health();
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      if (performance.now() > giveUpAt) {
        throw new StartError(`PostgreSQL did not answer within ${waitMs / 1000} s: ${error.message}`);
      }
    }
    await sleep(askMs);
  }
}
