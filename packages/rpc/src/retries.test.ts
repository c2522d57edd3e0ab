import { once } from 'node:events';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { encode, PricingService } from '@hotpath/contracts';
import { expect, onTestFinished, test } from 'vitest';
import { openChannel } from './channel.ts';
import { createClient } from './client.ts';
import { Code } from './code.ts';

/** How far a server gets with its answer before it dies, and its connections with it. */
type Death = 'before its headers' | 'after its headers' | 'after its message' | 'by a reset' | 'never';

const { getPricesBatch, setPrice } = PricingService.methods;

/** A pricing service that dies at its first call and serves its client well from then on; or never ends an answer. */
async function dyingPricing(death: Death, retries = true) {
  const paths: string[] = [];
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    paths.push(String(headers[':path']));
    stream.on('error', () => {}); // cut off, as it is meant to be
    const dying = paths.length === 1;
    const die = () => {
      for (const socket of sockets) death === 'by a reset' ? socket.resetAndDestroy() : socket.end();
    };
    if (dying && (death === 'before its headers' || death === 'by a reset')) return die();
    stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
    if (dying && death === 'after its headers') return void setImmediate(() => setImmediate(die));
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    const { response } = headers[':path'] === setPrice.path ? setPrice : getPricesBatch;
    const bytes = encode(response as typeof getPricesBatch.response, { position: 7n });
    const message = Buffer.concat([Buffer.alloc(5), bytes]);
    message.writeUInt32BE(bytes.length, 1);
    stream.write(message, () => {
      if (death === 'never') answer();
      else if (dying) die();
      else stream.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const channel = openChannel(`127.0.0.1:${(server.address() as AddressInfo).port}`, {
    serviceConfig: PricingService.serviceConfig,
    retries,
  });
  onTestFinished(() => channel.close());
  return { client: createClient(PricingService, channel), paths, answered };
}

test.each<Death>(['before its headers', 'after its headers', 'after its message', 'by a reset'])(
  'a read is tried again when its server dies %s',
  async (death) => {
    const { client, paths } = await dyingPricing(death);
    let headers = 0;
    const answer = await client.getPricesBatch({ requests: [] }, { onHeaders: () => headers++ });
    expect(answer.position).toBe(7n);
    expect(headers).toBe(1);
    expect(paths).toEqual([getPricesBatch.path, getPricesBatch.path]);
  },
);

test.each<[Death, number]>([
  ['before its headers', 0],
  ['after its headers', 1],
  ['after its message', 1],
])('what came of an answer %s is seen where nothing is tried again', async (death, expected) => {
  const { client } = await dyingPricing(death, false);
  let headers = 0;
  const call = client.getPricesBatch({ requests: [] }, { onHeaders: () => headers++ });
  await expect(call).rejects.toMatchObject({ code: Code.UNAVAILABLE });
  expect(headers).toBe(expected);
});

test('a caller that leaves while its answer is held back leaves once, and nothing is tried again', async () => {
  const { client, paths, answered } = await dyingPricing('never');
  const caller = new AbortController();
  const call = client.getPricesBatch({ requests: [] }, { signal: caller.signal });
  await answered;
  caller.abort();
  await expect(call).rejects.toMatchObject({ code: Code.CANCELLED });
  expect(paths).toEqual([getPricesBatch.path]);
});

test('a write is not tried again', async () => {
  const { client, paths } = await dyingPricing('after its message');
  await expect(client.setPrice({ requestId: 'once' })).rejects.toMatchObject({ code: Code.UNAVAILABLE });
  expect(paths).toEqual([setPrice.path]);
});
