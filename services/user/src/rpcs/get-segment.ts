import { toSegment, type UserService } from '@hotpath/contracts';
import type { Queryable } from '@hotpath/database';
import { checkId, type Handlers } from '@hotpath/rpc';
import { findSegment } from '../store.ts';

/** The segment that sets a user's prices: "standard" for nobody (0) and for unknown users. */
export function getSegment(db: Queryable): Handlers<typeof UserService>['getSegment'] {
  return async ({ userId }, call) => {
    const someone = checkId('user_id', userId, 0n) !== 0n;
    return { segment: toSegment((someone && (await findSegment(db, userId, call))) || '') };
  };
}
