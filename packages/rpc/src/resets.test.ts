import { setTimeout as sleep } from 'node:timers/promises';
import { UserService } from '@hotpath/contracts';
import { expect, test } from 'vitest';
import { openChannel } from './channel.ts';
import { createClient } from './client.ts';
import { Code } from './code.ts';
import { implement } from './implement.ts';
import { startServer } from './start-server.ts';

test('thousands of calls that run out of time do not take the connection from the others', async () => {
  const unused = () => Promise.reject(new Error('not asked for'));
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const server = await startServer([
    implement(UserService, {
      getSegment: (_request, call) => sleep(10_000, { segment: 'vip' }, { signal: call.signal }),
      createSession: async () => {
        await released;
        return { token: 'other', expiresAtMs: 0n, user: undefined };
      },
      getUser: unused,
      getSigningKeys: unused,
    }),
  ]);
  const channel = openChannel(server.address);
  const client = createClient(UserService, channel);
  const other = client.createSession({});
  const codes = new Map<Code, number>();
  for (let sent = 0; sent < 2_000; sent += 100) {
    const batch = Array.from({ length: 100 }, () => client.getSegment({}, { timeoutMs: 10 }));
    for (const result of await Promise.allSettled(batch)) {
      const code = result.status === 'rejected' ? result.reason.code : Code.OK;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  }
  release();
  expect(await other).toMatchObject({ token: 'other' });
  expect(codes.get(Code.INTERNAL)).toBeUndefined();
  expect(codes.get(Code.DEADLINE_EXCEEDED)).toBeGreaterThan(1_500);
  channel.close();
  await server.close();
});
