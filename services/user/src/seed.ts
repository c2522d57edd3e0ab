import type { Database } from '@hotpath/database';
import { demoPassword, users } from '@hotpath/demo';
import { hashPassword } from './passwords.ts';

/** Stores the demo users where there are no users at all. Returns how many it stored. */
export async function seed(db: Database): Promise<number> {
  const [any] = await db.query('select from users limit 1');
  if (any) return 0;
  const all = users();
  // One after the other: each hash takes 32 MiB while it is made.
  const hashes: (string | null)[] = [];
  for (const { canSignIn } of all) hashes.push(canSignIn ? await hashPassword(demoPassword) : null);
  const stored = await db.query(
    `insert into users (user_id, email, name, segment, role, password_hash)
     select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
     on conflict do nothing returning 1`,
    [
      all.map(({ userId }) => userId),
      all.map(({ email }) => email),
      all.map(({ name }) => name),
      all.map(({ segment }) => segment),
      all.map(({ role }) => role),
      hashes,
    ],
  );
  return stored.length;
}
