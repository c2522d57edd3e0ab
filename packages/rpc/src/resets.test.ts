import { setTimeout as sleep } from 'node:timers/promises';
import { UserService } from '@hotpath/contracts';
import { expect, test } from 'vitest';
import { openChannel } from './channel.ts';
import { createClient } from './client.ts';
import { Code } from './code.ts';
import { implement } from './implement.ts';
import { startServer } from './start-server.ts';

test('a connection survives that thousands of its calls run out of time', async () => {
  const unused = () => Promise.reject(new Error('not asked for'));
  const server = await startServer([
    implement(UserService, {
      getSegment: (_request, call) => sleep(10_000, { segment: 'vip' }, { signal: call.signal }),
      createSession: unused,
      getUser: unused,
      getSigningKeys: unused,
    }),
  ]);
  const channel = openChannel(server.address);
  const client = createClient(UserService, channel);
  const codes = new Map<Code, number>();
  for (let sent = 0; sent < 2_000; sent += 100) {
    const batch = Array.from({ length: 100 }, () => client.getSegment({}, { timeoutMs: 10 }));
    for (const result of await Promise.allSettled(batch)) {
      const code = result.status === 'rejected' ? result.reason.code : Code.OK;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  }
  // By INTERNAL end the calls of a connection that the server has closed.
  expect(codes.get(Code.INTERNAL)).toBeUndefined();
  expect(codes.get(Code.DEADLINE_EXCEEDED)).toBeGreaterThan(1_500);
  channel.close();
  await server.close();
});
