import { subscribe } from 'node:diagnostics_channel';
import type { ServerHttp2Stream } from 'node:http2';
import { UserService } from '@hotpath/contracts';
import { expect, test } from 'vitest';
import { openChannel } from './channel.ts';
import { createClient } from './client.ts';
import { implement } from './implement.ts';
import { createServer } from './server.ts';

test('connections are renewed at their age, and no call is lost', async () => {
  const unused = () => {
    throw new Error('not part of this test');
  };
  const server = createServer({ services: [UserService], connectionAgeMs: 100, onInternal: unused });
  const connections = new Set<unknown>();
  const port = await server.listen('127.0.0.1:0');
  subscribe('http2.server.stream.created', (message) => {
    const { session } = (message as { stream: ServerHttp2Stream }).stream;
    if (session?.socket.localPort === port) connections.add(session);
  });
  server.open([
    implement(UserService, {
      async getSegment() {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return { segment: 'standard' };
      },
      getUser: unused,
      createSession: unused,
      getSigningKeys: unused,
    }),
  ]);
  const channel = openChannel(`127.0.0.1:${port}`);
  const user = createClient(UserService, channel);
  let calls = 0;
  const worker = async () => {
    while (connections.size < 4) {
      await user.getSegment({ userId: 1n });
      calls++;
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  expect(calls).toBeGreaterThan(50);
  channel.close();
  await server.drain(1_000);
});
