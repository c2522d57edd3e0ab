import { UserService } from '@hotpath/contracts';
import type { Database } from '@hotpath/database';
import { type Implementation, implement } from '@hotpath/rpc';
import { createSession, type SessionSettings } from './rpcs/create-session.ts';
import { getSegment } from './rpcs/get-segment.ts';
import { getSigningKeys } from './rpcs/get-signing-keys.ts';
import { getUser } from './rpcs/get-user.ts';

/** The user service's RPCs on a migrated database. */
export function userService(db: Database, sessions: SessionSettings): Implementation {
  return implement(UserService, {
    getUser: getUser(db),
    getSegment: getSegment(db),
    createSession: createSession(db, sessions),
    getSigningKeys: getSigningKeys(db),
  });
}
