import { describe, inject } from 'vitest';
import { createDatabase, postgresAvailable } from './postgres.ts';
// For the types of what is injected.
import './postgres-setup.ts';

let databases = 0;

/**
 * Makes an empty database on the PostgreSQL server that the unit tests share. Use it inside `describePostgres`.
 * @returns a superuser's URL of it
 */
export function testDatabaseUrl(): Promise<string> {
  const url = inject('postgres');
  if (url === undefined) throw new Error(`There is ${inject('noPostgres')}.`);
  databases += 1;
  return createDatabase(
    url,
    `${inject('testDatabases')}${process.env.VITEST_POOL_ID}_${Date.now()}_${databases}`,
  );
}

/** Tests that need a PostgreSQL server: skipped where there is none, with the reason in their name. */
export function describePostgres(name: string, tests: () => void): void {
  describeUnless(inject('noPostgres'), name, tests);
}

/**
 * Tests that start PostgreSQL servers of their own, which a DATABASE_URL is no help for: skipped where none can be
 * started, except with REQUIRE_POSTGRES=true.
 */
export function describeOwnPostgres(name: string, tests: () => void): void {
  const missing = process.env.REQUIRE_POSTGRES === 'true' ? undefined : postgresAvailable();
  describeUnless(missing, name, tests);
}

function describeUnless(missing: string | undefined, name: string, tests: () => void): void {
  if (missing === undefined) describe(name, tests);
  else describe.skip(`${name} (${missing})`, tests);
}
