import type { UserService } from '@hotpath/contracts';
import type { Queryable } from '@hotpath/database';
import { checkId, type Handlers, notFound } from '@hotpath/rpc';
import { findUser } from '../store.ts';

/** One user. NOT_FOUND for an unknown one. */
export function getUser(db: Queryable): Handlers<typeof UserService>['getUser'] {
  return async ({ userId }, call) => {
    const user = await findUser(db, checkId('user_id', userId), call);
    if (!user) throw notFound(`there is no user ${userId}`);
    return { user };
  };
}
