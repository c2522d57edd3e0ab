-- The change feed: every row is the whole state of one price after a change, so that what any watcher is told
-- follows from the row alone.
create table events (
  sequence bigint generated always as identity primary key,
  product_id bigint not null,
  currency text not null,
  base_minor bigint not null,
  -- 0: no sale, and then sale_ends_at is null.
  percent_off integer not null,
  sale_ends_at timestamptz,
  -- price_changed, sale_started or sale_ended.
  reason text not null,
  created_at timestamptz not null default now()
);
create index events_of_product on events (product_id, sequence);
select make_feed('events');
