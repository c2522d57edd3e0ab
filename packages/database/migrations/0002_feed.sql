-- Turns a table with a `sequence` column into a change feed, by two triggers.
--
-- A sequence number is handed out before the commit, so two writers could commit in the other order and a
-- reader that has seen the later one would never look for the earlier. The first trigger lets one writer in
-- at a time, from its first insert to its commit: the order of the numbers is the order of the commits.
-- The second wakes the readers when the transaction commits, on a channel named as the table.

create function feed_take_turn() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(tg_relid::bigint);
  return null;
end $$;

create function feed_wake_readers() returns trigger language plpgsql as $$
begin
  perform pg_notify(tg_table_name, '');
  return null;
end $$;

create function make_feed(feed regclass) returns void language plpgsql as $$
begin
  execute format('create trigger feed_take_turn before insert on %s
    for each statement execute function feed_take_turn()', feed);
  execute format('create trigger feed_wake_readers after insert on %s
    for each statement execute function feed_wake_readers()', feed);
end $$;
