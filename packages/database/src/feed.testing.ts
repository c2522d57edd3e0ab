import type { FeedRow } from './followers.ts';
import { migrate, sharedTables } from './migrate.ts';
import type { Database, Queryable } from './port.ts';

/** A change as the feed tests write it. */
export interface Change extends FeedRow {
  readonly product_id: bigint;
  readonly note: string;
  readonly created_at: Date;
}

/** Makes the feed `changes` in an empty database. */
export async function createChanges(db: Database): Promise<void> {
  await migrate(db, [sharedTables]);
  await db.script(`
    create table changes (
      sequence bigint generated always as identity primary key,
      product_id bigint not null,
      note text not null,
      created_at timestamptz not null default now()
    );
    create index changes_product on changes (product_id, sequence);
    select make_feed('changes');
  `);
}

/** Writes one change for each product in one statement and returns their sequences. */
export async function append(on: Queryable, productIds: readonly bigint[], note = ''): Promise<bigint[]> {
  const rows = await on.query<{ sequence: bigint }>(
    'insert into changes (product_id, note) select unnest($1::bigint[]), $2 returning sequence',
    [productIds, note],
  );
  return rows.map(({ sequence }) => sequence);
}

/** Where the feed is now, as a snapshot would read it. */
export async function positionOf(on: Queryable): Promise<bigint> {
  const [row] = await on.query<{ position: bigint }>(
    'select coalesce(max(sequence), 1) as position from changes',
  );
  return row?.position ?? 1n;
}

/** The first rows of an endless iteration, which is then ended. */
export async function take<T>(rows: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const row of rows) {
    taken.push(row);
    if (taken.length >= count) break;
  }
  return taken;
}
