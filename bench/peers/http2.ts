import { once } from 'node:events';
import { type ClientHttp2Session, connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Price } from '../check.ts';
import { openStore, toJson } from '../data.ts';
import { type Peer, terms } from './peer.ts';

/** JSON over node:http2 and nothing else: one connection, requests side by side. */
export const http2: Peer = {
  async serve({ delayMs }) {
    const store = openStore(delayMs);
    const server = createServer();
    server.on('stream', async (stream, headers) => {
      const path = String(headers[':path']);
      const answer =
        headers[':method'] === 'POST'
          ? { prices: (await store.many(idsIn(await text(stream)))).map(toJson) }
          : toJson(await store.one(Number(path.slice('/prices/'.length, path.indexOf('?')))));
      stream.respond({ ':status': 200, 'content-type': 'application/json' });
      stream.end(JSON.stringify(answer));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  connect(address) {
    const session = connect(`http://${address}`);
    const query = new URLSearchParams(terms);
    return {
      price: (id) => call<Price>(session, `/prices/${id}?${query}`),
      batch: async (ids) => {
        const body = { requests: ids.map((productId) => ({ productId, ...terms })) };
        return (await call<{ prices: Price[] }>(session, '/prices/batch', body)).prices;
      },
    };
  },
};

const idsIn = (body: string) =>
  (JSON.parse(body) as { requests: { productId: number }[] }).requests.map(({ productId }) => productId);

/** GET, or POST where there is a body. */
async function call<T>(session: ClientHttp2Session, path: string, body?: object): Promise<T> {
  const stream = session.request({
    ':path': path,
    ...(body && { ':method': 'POST', 'content-type': 'application/json' }),
  });
  stream.end(body && JSON.stringify(body));
  const [headers] = await once(stream, 'response');
  const answer = await text(stream);
  if (headers[':status'] !== 200) throw new Error(`${path} answered ${headers[':status']}: ${answer}`);
  return JSON.parse(answer);
}
