import { subscribe } from 'node:diagnostics_channel';
import dns from 'node:dns';
import type { ServerHttp2Stream } from 'node:http2';
import { UserService } from '@hotpath/contracts';
import { expect, test, vi } from 'vitest';
import { openChannel, transport } from './channel.ts';
import { createClient } from './client.ts';
import { implementPart } from './implement.ts';
import { createServer } from './server.ts';

test('connections are renewed at their age, and no call is lost', async () => {
  const server = newServer(() => {});
  const connections = new Set<unknown>();
  const port = await server.listen('127.0.0.1:0');
  subscribe('http2.server.stream.created', (message) => {
    const { session } = (message as { stream: ServerHttp2Stream }).stream;
    if (session?.socket.localPort === port) connections.add(session);
  });
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

// Other systems give the loopback interface one address only.
test.runIf(process.platform === 'linux')(
  'a replica that a name gained gets calls within the connection age and the time between two look-ups',
  async () => {
    const found = Promise.withResolvers<void>();
    const first = newServer(() => {});
    const second = newServer(found.resolve);
    const port = await first.listen('127.0.0.1:0');
    await second.listen(`127.0.0.2:${port}`);
    const addresses = ['127.0.0.1'];
    vi.spyOn(dns.promises, 'lookup').mockImplementation((async () =>
      addresses.map((address) => ({ address, family: 4 }))) as unknown as typeof dns.promises.lookup);

    const channel = openChannel(`replicas.test:${port}`);
    const user = createClient(UserService, channel);
    await user.getSegment({ userId: 1n });
    addresses.push('127.0.0.2');
    const started = performance.now();
    let over = false;
    void found.promise.then(() => {
      over = true;
    });
    while (!over) await user.getSegment({ userId: 1n });
    expect(performance.now() - started).toBeLessThan(ageMs + transport.dnsMinTimeMs + 1_000);
    channel.close();
    await Promise.all([first.drain(1_000), second.drain(1_000)]);
  },
);

const ageMs = 100;

/** A server whose connections live for `ageMs`. */
function newServer(onCall: () => void) {
  const unused = () => {
    throw new Error('not part of this test');
  };
  const server = createServer({ services: [UserService], connectionAgeMs: ageMs, onInternal: unused });
  server.open([
    implementPart(UserService, {
      async getSegment() {
        onCall();
        await new Promise((resolve) => setTimeout(resolve, 5));
        return { segment: 'standard' };
      },
    }),
  ]);
  return server;
}
