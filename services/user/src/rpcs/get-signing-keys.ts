import type { UserService } from '@hotpath/contracts';
import type { Queryable } from '@hotpath/database';
import type { Handlers } from '@hotpath/rpc';
import { publicKeys } from '../keys.ts';

/** The public keys that verify sessions. Read from the database, so that keys of other replicas are among them. */
export function getSigningKeys(db: Queryable): Handlers<typeof UserService>['getSigningKeys'] {
  return async (_, call) => ({ jwkSet: JSON.stringify(await publicKeys(db, call)) });
}
