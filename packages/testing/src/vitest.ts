export { describeOwnPostgres, describePostgres, testDatabaseUrl } from './postgres-vitest.ts';
export { type QueryTests, testQueries } from './query-tests.ts';
