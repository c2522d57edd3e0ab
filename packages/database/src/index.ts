export {
  DatabaseUnavailable,
  FolderInUseError,
  MigrationError,
  SqlError,
} from './errors.ts';
export { type MigrationSet, migrate, sharedTables } from './migrate.ts';
export { type DatabaseOptions, openDatabase } from './open.ts';
export type { Database, Param, Queryable, Scalar, StatementOptions } from './port.ts';
