import type { User } from '@hotpath/contracts';
import type { Queryable, StatementOptions } from '@hotpath/database';

/** A user with what proves a password: a hash as passwords.ts writes it, null for one who cannot sign in. */
export interface Account extends User {
  passwordHash: string | null;
}

const columns = 'user_id as "userId", email, name, segment, role';

/** The user with that id. */
export async function findUser(
  db: Queryable,
  userId: bigint,
  options?: StatementOptions,
): Promise<User | undefined> {
  const [user] = await db.query<User>(`select ${columns} from users where user_id = $1`, [userId], options);
  return user;
}

/** The user with that e-mail address, which must be in lower case. */
export async function findAccount(
  db: Queryable,
  email: string,
  options?: StatementOptions,
): Promise<Account | undefined> {
  const [account] = await db.query<Account>(
    `select ${columns}, password_hash as "passwordHash" from users where email = $1`,
    [email],
    options,
  );
  return account;
}

/** The segment of the user with that id. */
export async function findSegment(
  db: Queryable,
  userId: bigint,
  options?: StatementOptions,
): Promise<string | undefined> {
  const [user] = await db.query<{ segment: string }>(
    'select segment from users where user_id = $1',
    [userId],
    options,
  );
  return user?.segment;
}
