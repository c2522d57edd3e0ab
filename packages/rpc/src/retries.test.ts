import { once } from 'node:events';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { encode, PricingService } from '@hotpath/contracts';
import { expect, onTestFinished, test } from 'vitest';
import { openChannel } from './channel.ts';
import { createClient } from './client.ts';
import { Code } from './code.ts';

/** How far a server gets with its answer before it dies. */
type Death = 'before its headers' | 'after its headers' | 'after its message';

const { getPricesBatch, setPrice } = PricingService.methods;

/** A pricing service that dies at its first call, and by which a client is served well from then on. */
async function dyingPricing(death: Death) {
  const paths: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    paths.push(String(headers[':path']));
    stream.on('error', () => {}); // cut off, as it is meant to be
    const dying = paths.length === 1;
    const die = () => {
      for (const socket of sockets) socket.end();
    };
    if (dying && death === 'before its headers') return die();
    stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
    if (dying && death === 'after its headers') return void setImmediate(() => setImmediate(die));
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    const { response } = headers[':path'] === setPrice.path ? setPrice : getPricesBatch;
    const bytes = encode(response as typeof getPricesBatch.response, { position: 7n });
    const message = Buffer.concat([Buffer.alloc(5), bytes]);
    message.writeUInt32BE(bytes.length, 1);
    stream.write(message, () => (dying ? die() : stream.end()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const channel = openChannel(`127.0.0.1:${(server.address() as AddressInfo).port}`, {
    serviceConfig: PricingService.serviceConfig,
    retries: true,
  });
  onTestFinished(() => channel.close());
  return { client: createClient(PricingService, channel), paths };
}

test.each<Death>(['before its headers', 'after its headers', 'after its message'])(
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

test('a write is not tried again', async () => {
  const { client, paths } = await dyingPricing('after its message');
  await expect(client.setPrice({ requestId: 'once' })).rejects.toMatchObject({ code: Code.UNAVAILABLE });
  expect(paths).toEqual([setPrice.path]);
});
