import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { MigrationError, SqlError } from './errors.ts';
import type { Database, Queryable } from './port.ts';

/** A folder of SQL files that grow one schema: `0001_products.sql`, `0002_sales.sql` and so on, without gaps. */
export interface MigrationSet {
  /** Tells sets in one database apart. Never change it once a database has it. */
  readonly name: string;
  /** The folder, as a file URL that ends in a slash. */
  readonly folder: URL;
}

/** The tables of this package: `idempotency` for once(), `events` for the change feed. List it first. */
export const sharedTables: MigrationSet = {
  name: 'shared',
  folder: new URL('../migrations/', import.meta.url),
};

/** Any constant will do, as long as everything that migrates a database takes the same. */
const migrationLock = 4_716_530_201n;

interface Migration {
  readonly number: number;
  readonly file: string;
  readonly sql: string;
  readonly sha256: string;
}

export interface MigrateOptions {
  /**
   * A role that exists: it may read and write what is in the schema, also what later migrations add, and nothing
   * else: no table of its own, no record of a migration. What runs a service needs no more.
   */
  readonly runRole?: string | undefined;
}

/**
 * Brings a database up to date, set by set, each file in a transaction of its own and under an advisory lock,
 * so any number of processes may start it at once. Forward only: what was applied is never undone, and a file
 * that was applied must stay as it is. A database that is ahead of the files is left alone, so that a release
 * still runs on the schema of its successor.
 *
 * @returns the files it applied, in order
 * @throws {RangeError} when the run role is the one that migrates
 * @throws {MigrationError} naming file and line: numbers with gaps or duplicates, a changed file, a failing one
 */
export async function migrate(
  db: Database,
  sets: readonly MigrationSet[],
  { runRole }: MigrateOptions = {},
): Promise<string[]> {
  const applied: string[] = [];
  await underLock(db, (tx) =>
    tx.script(`create table if not exists migrations (
      set_name text not null,
      number int not null,
      file text not null,
      sha256 text not null,
      applied_at timestamptz not null default now(),
      primary key (set_name, number)
    )`),
  );
  for (const set of sets) {
    for (const migration of await readSet(set)) {
      if (await underLock(db, (tx) => apply(tx, set.name, migration))) applied.push(migration.file);
    }
  }
  if (runRole !== undefined) await underLock(db, (tx) => grant(tx, runRole));
  return applied;
}

/**
 * Checks that a database has every migration of the sets; it may have more.
 *
 * @throws {MigrationError} naming the first that is missing, or was changed since it was applied
 */
export async function checkMigrated(db: Queryable, sets: readonly MigrationSet[]): Promise<void> {
  const [record] = await db.query<{ exists: boolean }>(
    `select to_regclass('migrations') is not null as exists`,
  );
  for (const set of sets) {
    for (const migration of await readSet(set)) {
      if (record?.exists && (await isApplied(db, set.name, migration))) continue;
      throw new MigrationError(migration.file, undefined, 'not applied to this database; migrate it first');
    }
  }
}

function underLock<T>(db: Database, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    return work(tx);
  });
}

async function readSet({ folder }: MigrationSet): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file, index) => {
      const number = index + 1;
      if (!file.startsWith(`${String(number).padStart(4, '0')}_`)) {
        throw new MigrationError(file, undefined, `expected number ${number}: no gaps, no duplicates`);
      }
      const sql = await readFile(new URL(file, folder), 'utf8');
      return { number, file, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function apply(tx: Queryable, set: string, migration: Migration): Promise<boolean> {
  const { number, file, sql, sha256 } = migration;
  if (await isApplied(tx, set, migration)) return false;
  await tx.script(sql).catch((error: unknown) => {
    if (!(error instanceof SqlError)) throw error;
    throw new MigrationError(file, lineAt(sql, error.position), error.message, { cause: error });
  });
  await tx.query('insert into migrations (set_name, number, file, sha256) values ($1, $2, $3, $4)', [
    set,
    number,
    file,
    sha256,
  ]);
  return true;
}

async function isApplied(on: Queryable, set: string, { number, file, sha256 }: Migration): Promise<boolean> {
  const [known] = await on.query<{ file: string; sha256: string }>(
    'select file, sha256 from migrations where set_name = $1 and number = $2',
    [set, number],
  );
  if (known === undefined || known.sha256 === sha256) return known !== undefined;
  const was = known.file === file ? '' : ` as ${known.file}`;
  throw new MigrationError(
    file,
    undefined,
    `already applied${was} and changed since; add a new file instead`,
  );
}

async function grant(tx: Queryable, runRole: string): Promise<void> {
  const [names] = await tx.query<{ role: string; schema: string; owner: string }>(
    'select quote_ident($1) as role, quote_ident(current_schema()) as schema, quote_ident(current_user) as owner',
    [runRole],
  );
  const { role, schema, owner } = names as NonNullable<typeof names>;
  if (role === owner) throw new RangeError(`${role} migrates, so it cannot be the role that may not.`);
  await tx.script(`
    revoke create on schema ${schema} from public, ${role};
    grant usage on schema ${schema} to ${role};
    grant select, insert, update, delete on all tables in schema ${schema} to ${role};
    grant usage, select on all sequences in schema ${schema} to ${role};
    grant execute on all functions in schema ${schema} to ${role};
    alter default privileges in schema ${schema} grant select, insert, update, delete on tables to ${role};
    alter default privileges in schema ${schema} grant usage, select on sequences to ${role};
    alter default privileges in schema ${schema} grant execute on functions to ${role};
    revoke insert, update, delete on migrations from ${role};
  `);
}

/** PostgreSQL counts characters from 1, where JavaScript counts UTF-16 units. */
function lineAt(sql: string, position: number | undefined): number | undefined {
  if (position === undefined) return undefined;
  return [...sql].slice(0, position - 1).filter((character) => character === '\n').length + 1;
}
