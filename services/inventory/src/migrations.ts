import { type MigrationSet, sharedTables } from '@hotpath/database';

/** The schema of the inventory service's database. */
export const migrations: readonly MigrationSet[] = [
  sharedTables,
  { name: 'inventory', folder: new URL('../migrations/', import.meta.url) },
];
