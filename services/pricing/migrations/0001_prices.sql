-- Base prices, in minor units of their currency.
create table prices (
  product_id bigint not null check (product_id > 0),
  currency text not null,
  base_minor bigint not null check (base_minor between 0 and 1000000000000),
  primary key (product_id, currency)
);
