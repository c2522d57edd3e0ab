create table reservations (
  reservation_id uuid primary key,
  user_id bigint not null check (user_id > 0),
  product_id bigint not null,
  warehouse_id text not null,
  quantity int not null check (quantity between 1 and 999),
  -- ReservationState of inventory.proto: 1 held, 2 confirmed, 3 released, 4 expired.
  state int not null check (state between 1 and 4),
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  foreign key (product_id, warehouse_id) references stock
);

-- What expires next.
create index reservations_held on reservations (expires_at) where state = 1;
