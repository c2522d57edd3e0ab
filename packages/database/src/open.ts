import { openPglite } from './pglite.ts';
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
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  return 'url' in options ? openPostgres(options) : openPglite(options.folder);
}
