import type { Database } from '@hotpath/database';
import { describe, expect, test } from 'vitest';
import { describePostgres, testDatabaseUrl } from './postgres-vitest.ts';
import { readsWhole, recorded } from './query-plans.ts';

/** A service whose statements are to be looked at. */
export type QueryTests = {
  /** Opens its migrated database: embedded, unless a server's URL is given. */
  readonly open: (url?: string) => Promise<Database>;
  /** SQL that fills it as if the shop had been open for long. */
  readonly contents: string;
  /** Serves it. @returns for each RPC what has it run its statements */
  readonly serve: (db: Database) => Promise<Record<string, () => Promise<unknown>>>;
  /** The tables that may be read from start to end, and why. */
  readonly small: Readonly<Record<string, string>>;
  /** What one RPC reads whole once an index is dropped: proof that the tests would tell. */
  readonly proof: { readonly drop: string; readonly rpc: string; readonly table: string };
};

/** Tests that no RPC reads a large table from start to end, nor skips rows that it has read, on both databases. */
export function testQueries(tests: QueryTests): void {
  describe('on an embedded database', () => suite(tests));
  describePostgres('on a PostgreSQL server', async () => suite(tests, await testDatabaseUrl()));
}

async function suite({ open, contents, serve, small, proof }: QueryTests, url?: string): Promise<void> {
  const real = await open(url);
  await real.script(`${contents}; analyze`);
  const { db, statements } = recorded(real);
  const calls = await serve(db);

  /** What a call reads whole, by statement. */
  async function wholeReads(call: () => Promise<unknown>): Promise<Record<string, string[]>> {
    statements.length = 0;
    await call();
    expect(statements).not.toEqual([]);
    const found: Record<string, string[]> = {};
    for (const statement of [...statements]) {
      expect(statement.sql).not.toMatch(/\boffset\b/i);
      const tables = (await readsWhole(real, statement)).filter((table) => !(table in small));
      if (tables.length > 0) found[statement.sql] = tables;
    }
    return found;
  }

  test.each(Object.entries(calls))('%s finds what it needs by an index', async (_, call) => {
    expect(await wholeReads(call)).toEqual({});
  });

  test('without an index it shows', async () => {
    await real.script(proof.drop);
    const found = await wholeReads(calls[proof.rpc] as () => Promise<unknown>);
    expect(Object.values(found).flat()).toContain(proof.table);
  });
}
