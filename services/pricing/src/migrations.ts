import { type MigrationSet, sharedTables } from '@hotpath/database';

/** The schema of the pricing service's database. */
export const migrations: readonly MigrationSet[] = [
  sharedTables,
  { name: 'pricing', folder: new URL('../migrations/', import.meta.url) },
];
