export { type Alarm, type AlarmOptions, createAlarm } from './alarm.ts';
export {
  DatabaseBusy,
  DatabaseUnavailable,
  FolderInUseError,
  IdempotencyConflict,
  MigrationError,
  SlowSubscriber,
  SqlError,
  UnknownPosition,
} from './errors.ts';
export { type Feed, type FeedOptions, type FollowOptions, openFeed } from './feed.ts';
export { lockFolder } from './folder-lock.ts';
export type { FeedRow } from './followers.ts';
export { checkMigrated, type MigrateOptions, type MigrationSet, migrate, sharedTables } from './migrate.ts';
export { once, recall, type Write } from './once.ts';
export { type DatabaseOptions, openDatabase } from './open.ts';
export type { Database, Param, PoolFigures, Queryable, Scalar, StatementOptions } from './port.ts';
export { startTrimming, type TrimOptions, trim } from './trim.ts';
