import type { UserService } from '@hotpath/contracts';
import type { Queryable } from '@hotpath/database';
import { checkText, type Handlers, unauthenticated } from '@hotpath/rpc';
import type { SigningKey } from '../keys.ts';
import { verifyPassword } from '../passwords.ts';
import { findAccount } from '../store.ts';
import { signSession } from '../tokens.ts';

/** What signs sessions, and for how long. */
export interface SessionSettings {
  readonly key: SigningKey;
  /** How long a session lasts, in seconds. */
  readonly ttlSeconds: number;
}

/** Signs a session for an e-mail address and its password. UNAUTHENTICATED does not say which was wrong. */
export function createSession(
  db: Queryable,
  { key, ttlSeconds }: SessionSettings,
): Handlers<typeof UserService>['createSession'] {
  return async ({ email, password }, call) => {
    const address = checkText('email', email, 1, 254).toLowerCase();
    checkText('password', password, 1, 256);
    const account = await findAccount(db, address, call);
    const fits = await verifyPassword(password, account?.passwordHash);
    if (!account || !fits) throw unauthenticated('the e-mail address and the password do not fit');
    const { passwordHash: _secret, ...user } = account;
    return { ...(await signSession(key, user, ttlSeconds)), user };
  };
}
