-- The answers of writes that are done, so that a repeat gets the first answer instead of a second write.
create table idempotency (
  caller text not null,
  method text not null,
  request_id text not null,
  request_sha256 bytea not null,
  -- Null only inside the transaction that does the work.
  answer bytea,
  created_at timestamptz not null default now(),
  primary key (caller, method, request_id)
);

-- Old answers are forgotten by age.
create index idempotency_created_at on idempotency (created_at);
