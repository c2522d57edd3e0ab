import { openPglite } from './pglite.ts';
import type { Database } from './port.ts';

export interface DatabaseOptions {
  /** Where an embedded database keeps its files; undefined keeps everything in memory, for tests. */
  readonly folder: string | undefined;
}

/**
 * Opens the database that the options name.
 *
 * @throws {FolderInUseError} when another process has the folder
 */
export function openDatabase({ folder }: DatabaseOptions): Promise<Database> {
  return openPglite(folder);
}
