-- Begins a feed anew after its database was put back from a backup; to be called before the shop works on it.
--
-- Without it the numbers that were handed out since the backup come again, for other changes, and who has one of the
-- first goes on after it as if nothing had happened. With it no number comes twice, and whoever resumes after one from
-- before is told that the position is unknown and takes a snapshot. All rows go but the newest, which is repeated under a
-- new number: it is a whole state, so it is still true. A feed without any row only has its next number raised.

create function restart_feed(feed regclass) returns void language plpgsql as $$
declare
  -- More numbers than a feed hands out between a backup and its return.
  gap constant bigint := 1000000000;
  columns text;
begin
  select string_agg(quote_ident(attname), ', ') into columns from pg_attribute
    where attrelid = feed and attnum > 0 and not attisdropped and attname not in ('sequence', 'created_at');
  execute format($sql$select setval(pg_get_serial_sequence(%1$L, 'sequence'), coalesce(max(sequence), 0) + %2$s)
    from %1$s$sql$, feed, gap);
  execute format('insert into %1$s (%2$s) select %2$s from %1$s order by sequence desc limit 1', feed, columns);
  execute format('delete from %1$s where sequence < (select max(sequence) from %1$s)', feed);
  execute format($sql$insert into feed_trims (feed, up_to)
    select (select relname from pg_class where oid = %2$s), sequence - 1 from %1$s
    on conflict (feed) do update set up_to = excluded.up_to$sql$, feed, feed::oid);
end $$;
