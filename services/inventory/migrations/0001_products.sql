create table products (
  product_id bigint primary key check (product_id > 0),
  name text not null,
  description text not null,
  category text not null
);

-- Pages of one category, in the order of the ids.
create index products_category on products (category, product_id);
