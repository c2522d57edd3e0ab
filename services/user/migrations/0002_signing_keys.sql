-- The keys that sign sessions, private halves included: whoever reads this table can sign as anyone.
create table signing_keys (
  -- RFC 7638 thumbprint of the public half.
  kid text primary key,
  -- A private key as JWK (RFC 7517).
  private_jwk jsonb not null,
  created_at timestamptz not null default now()
);
