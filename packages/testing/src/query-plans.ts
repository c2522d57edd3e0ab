import type { Database, Param, Queryable } from '@hotpath/database';

/** A statement as the database got it. */
export type Statement = { readonly sql: string; readonly params: readonly Param[] };

/** A database that notes the statements which go through it, those in transactions too. */
export function recorded(db: Database): { db: Database; statements: Statement[] } {
  const statements: Statement[] = [];
  const noting = (on: Queryable): Pick<Queryable, 'query'> => ({
    query(sql, params = [], options) {
      statements.push({ sql, params });
      return on.query(sql, params, options);
    },
  });
  const recording: Database = {
    ...db,
    ...noting(db),
    transaction: (work, options) => db.transaction((tx) => work({ ...tx, ...noting(tx) }), options),
  };
  return { db: recording, statements };
}

/** A node of a plan, as EXPLAIN (format json) says it. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Function Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

type Explained = { 'QUERY PLAN': [{ Plan: PlanNode }] };

/**
 * What a statement reads from its first row to its last: tables, also by an index that is not searched, and functions,
 * which do not show what they read. A partial index is taken for a small one. It counts what the plan for these
 * parameters reads and the plan for any, as a server takes that once it has prepared a statement and run it five
 * times. The tables are to be analyzed before.
 */
export async function readsWhole(db: Database, { sql, params }: Statement): Promise<string[]> {
  const partial = await db.query<{ name: string }>(
    'select relname as name from pg_class join pg_index on oid = indexrelid where indpred is not null',
  );
  const small = new Set(partial.map(({ name }) => name));
  const found = new Set<string>();
  const visit = (node: PlanNode, limited: boolean) => {
    const { 'Node Type': type, 'Relation Name': table, 'Function Name': called } = node;
    const searched = node['Index Cond'] !== undefined || limited || small.has(node['Index Name'] ?? '');
    if (table && (type === 'Seq Scan' || (type.startsWith('Index') && !searched))) found.add(table);
    if (called && called !== 'unnest') found.add(`${called}()`);
    for (const child of node.Plans ?? []) visit(child, type === 'Limit');
  };
  const plans = [
    ...(await db.query<Explained>(`explain (format json) ${sql}`, params)),
    ...(await explainForAny(db, { sql, params })),
  ];
  for (const plan of plans) visit(plan['QUERY PLAN'][0].Plan, false);
  return [...found].sort();
}

function explainForAny(db: Database, { sql, params }: Statement): Promise<Explained[]> {
  return db.transaction(async (tx) => {
    await tx.script(`set local plan_cache_mode = force_generic_plan; prepare looked_at as ${sql}`);
    const any = params.length === 0 ? '' : `(${params.map(() => 'null').join(', ')})`;
    const plan = await tx.query<Explained>(`explain (format json) execute looked_at${any}`);
    await tx.script('deallocate looked_at');
    return plan;
  });
}
