import type { UserService } from '@hotpath/contracts';
import { testQueries } from '@hotpath/testing/vitest';
import { openTestDatabase, startUserService } from './testing.ts';

testQueries({
  open: openTestDatabase,

  contents: `
    insert into users (user_id, email, name, segment, role)
      select id, 'user' || id || '@demo.test', 'User ' || id, 'vip', 'customer' from generate_series(1, 100000) id`,

  small: { signing_keys: 'one for each replica that ever started first' },

  async serve(db) {
    const client = await startUserService(db);
    return {
      getUser: () => client.getUser({ userId: 70n }),
      getSegment: () => client.getSegment({ userId: 70n }),
      // Nobody here has a password.
      createSession: () =>
        client.createSession({ email: 'user70@demo.test', password: 'no' }).catch(() => {}),
      getSigningKeys: () => client.getSigningKeys({}),
    } satisfies Record<keyof typeof UserService.methods, () => Promise<unknown>>;
  },

  proof: { drop: 'alter table users drop constraint users_email_key', rpc: 'createSession', table: 'users' },
});
