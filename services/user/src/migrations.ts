import type { MigrationSet } from '@hotpath/database';

/** The schema of the user service's database. */
export const migrations: readonly MigrationSet[] = [
  { name: 'user', folder: new URL('../migrations/', import.meta.url) },
];
