-- A percentage off some products from starts_at until just before ends_at, by the database's clock.
create table sales (
  sale_id uuid primary key,
  percent_off integer not null check (percent_off between 1 and 99),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  -- Whether the change feed was told of its start and of its end. Prices follow the two instants above and
  -- never wait for these.
  started boolean not null default false,
  ended boolean not null default false
);
create index sales_to_start on sales (starts_at) where not started and not ended;
create index sales_to_end on sales (ends_at) where not ended;

-- The products of the sales that have not ended. A sale's rows go when it ends, so that looking up a price
-- never meets the sales of the past.
create table sale_products (
  product_id bigint not null,
  sale_id uuid not null references sales,
  primary key (product_id, sale_id)
);
create index sale_products_of_sale on sale_products (sale_id);

-- The sale that sets a product's price now: of those that run the one with the largest percentage, then with
-- the later end, then with the earlier start.
-- statement_timestamp() and not now(): a statement that comes after a wait for a lock must see the time after it.
create function running_sale(of_product bigint)
returns table (sale_id uuid, percent_off integer, ends_at timestamptz) language sql stable as $$
  select sales.sale_id, sales.percent_off, sales.ends_at
  from sale_products
  join sales using (sale_id)
  where sale_products.product_id = of_product
    and sales.starts_at <= statement_timestamp()
    and sales.ends_at > statement_timestamp()
  order by sales.percent_off desc, sales.ends_at desc, sales.starts_at, sales.sale_id
  limit 1
$$;
