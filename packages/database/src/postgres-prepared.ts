import pg from 'pg';
import type { Statement } from './postgres-statement.ts';

/** A server keeps each on every connection; who makes up texts, as by pasting values in, is not to fill it. */
const mostNames = 500;

/**
 * Gives statements names, by which a connection has them parsed and planned once instead of each time: finding the
 * price of a product takes the server longer to plan than to do.
 */
export interface StatementNames {
  named(statement: Statement): Statement;
  /** From now on it has none: a migration changed what its `select *` means, and the server refuses the old plan. */
  forget(statement: Statement): void;
}

export function createStatementNames(): StatementNames {
  const names = new Map<string, string | undefined>();

  function nameOf(text: string): string | undefined {
    if (!names.has(text) && names.size < mostNames) names.set(text, `hotpath_${names.size}`);
    return names.get(text);
  }

  return {
    named(statement) {
      if (typeof statement === 'string') return statement;
      return { ...statement, name: nameOf(statement.text) };
    },
    forget(statement) {
      if (typeof statement !== 'string') names.set(statement.text, undefined);
    },
  };
}

/** Whether the server refuses a named statement because its rows have other columns than when it was prepared. */
export function isOutdated(error: unknown): boolean {
  return (
    error instanceof pg.DatabaseError && error.code === '0A000' && error.routine === 'RevalidateCachedQuery'
  );
}
