import type { TestProject } from 'vitest/node';
import { dropDatabases, postgresAvailable, startPostgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's URL of the PostgreSQL server that all tests share; undefined where there is none. */
    postgres: string | undefined;
    /** Why there is none. */
    noPostgres: string | undefined;
    /** What the names of this run's databases begin with. */
    testDatabases: string;
  }
}

/**
 * Gives the tests a PostgreSQL server: the one of DATABASE_URL, else one of their own. Where neither is there,
 * their tests are skipped, or with REQUIRE_POSTGRES=true nothing is tested at all.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const prefix = `hotpath_test_${process.pid}_`;
  project.provide('testDatabases', prefix);
  const { DATABASE_URL, REQUIRE_POSTGRES } = process.env;
  const missing = DATABASE_URL ? undefined : postgresAvailable();
  project.provide('noPostgres', missing);
  if (missing !== undefined) {
    if (REQUIRE_POSTGRES === 'true') throw new Error(`REQUIRE_POSTGRES is set, but there is ${missing}`);
    project.provide('postgres', undefined);
    return undefined;
  }
  if (!DATABASE_URL) {
    const server = await startPostgres({ max_connections: '400' });
    project.provide('postgres', server.url);
    return () => server.stop();
  }
  // Also says at once where it cannot be reached.
  await dropDatabases(DATABASE_URL, prefix);
  project.provide('postgres', DATABASE_URL);
  return () => dropDatabases(DATABASE_URL, prefix);
}
