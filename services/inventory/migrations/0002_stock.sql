create table warehouses (
  -- Collation "C": the order of the bytes, the same on every server.
  warehouse_id text collate "C" primary key,
  name text not null
);

-- A product and warehouse without a row have nothing.
create table stock (
  product_id bigint not null references products,
  warehouse_id text collate "C" not null references warehouses,
  -- Pieces that can be reserved now; held ones are not among them.
  available int not null check (available >= 0),
  primary key (product_id, warehouse_id)
);

-- Every change of `available`, as the value it changed to.
create table stock_events (
  sequence bigint generated always as identity primary key,
  product_id bigint not null,
  warehouse_id text not null,
  available int not null,
  created_at timestamptz not null default now()
);
create index stock_events_product on stock_events (product_id, sequence);
select make_feed('stock_events');
