import { begin } from './sql.ts';

/** A lock on all prices. */
export type Lock = {
  /** Waits until it is released. @returns how long a statement of pricing has waited for it, at most, ms */
  released(): Promise<number>;
};

/**
 * Locks pricing's prices in PostgreSQL for a time: who asks for one meanwhile waits. PostgreSQL itself looks at what waits,
 * every 20 ms.
 */
export async function lockPrices(ms: number): Promise<Lock> {
  const session = await begin(
    'pricing',
    `begin;
     lock table prices in access exclusive mode;
     select 'locked';
     do $$
     declare
       until timestamptz := clock_timestamp() + interval '${ms} ms';
       oldest double precision := 0;
       waited double precision;
     begin
       while clock_timestamp() < until loop
         perform pg_sleep(0.02);
         perform pg_stat_clear_snapshot();
         select coalesce(max(extract(epoch from clock_timestamp() - query_start) * 1000), 0) into waited
           from pg_stat_activity where usename = 'pricing_run' and state = 'active' and wait_event_type = 'Lock';
         oldest := greatest(oldest, waited);
       end loop;
       perform set_config('chaos.oldest', oldest::text, false);
     end $$;
     commit;
     select current_setting('chaos.oldest');`,
  );
  return {
    async released() {
      const [oldest] = await session.done();
      return Number(oldest);
    },
  };
}
