-- Position 1 is that of an empty feed, and no change has it: who resumes says 0 for "from a snapshot". Were an empty feed at
-- 0, one whose stream broke before the first change would be sent a new snapshot instead of the changes it missed.

create or replace function make_feed(feed regclass) returns void language plpgsql as $$
begin
  execute format('create trigger feed_take_turn before insert on %s
    for each statement execute function feed_take_turn()', feed);
  execute format('create trigger feed_wake_readers after insert on %s
    for each statement execute function feed_wake_readers()', feed);
  perform nextval(pg_get_serial_sequence(feed::text, 'sequence'));
end $$;

-- Feeds that were made before.
select nextval(pg_get_serial_sequence(tgrelid::regclass::text, 'sequence'))
from pg_trigger join pg_class on pg_class.oid = tgrelid
where tgname = 'feed_take_turn' and relnamespace = current_schema()::regnamespace;
