import { DatabaseUnavailable } from './errors.ts';
import type { Database } from './port.ts';
import { openPostgres, type PostgresOptions } from './postgres.ts';

/** Which database to open. */
export type DatabaseOptions = EmbeddedOptions | PostgresOptions;

/** PGlite inside this process. */
export interface EmbeddedOptions {
  /** Where it keeps its files; undefined keeps everything in memory, for tests. */
  readonly folder: string | undefined;
}

/**
 * Opens the database that the options name. A server is not asked yet whether it is there.
 *
 * @throws {FolderInUseError} when another process has the folder
 * @throws {DatabaseUnavailable} when PGlite is not installed
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if ('url' in options) return openPostgres(options);
  const { openPglite } = await import('./pglite.ts').catch(notInstalled);
  return openPglite(options.folder);
}

/** PGlite is large, so that images, whose databases are on a server, come without it. */
function notInstalled(error: NodeJS.ErrnoException): never {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  throw new DatabaseUnavailable(
    'The embedded database is not installed here: set DATABASE_URL to one on a server, or install the optional dependencies.',
  );
}
