create table users (
  user_id bigint primary key check (user_id > 0),
  email text not null unique check (email = lower(email)),
  name text not null,
  segment text not null check (segment in ('standard', 'vip', 'wholesale')),
  role text not null check (role in ('customer', 'merchant')),
  -- As passwords.ts writes it. Null: this user cannot sign in.
  password_hash text
);
