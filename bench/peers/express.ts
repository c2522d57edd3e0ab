import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import type { Price } from '../check.ts';
import { openStore, toJson } from '../data.ts';
import { type Peer, type ServeOptions, terms } from './peer.ts';

/** The article's "before": a REST service on Express, its caller on node:http. */
const expressOn = (keepAlive: boolean): Peer => ({
  serve,
  connect(address) {
    const agent = new Agent({ keepAlive });
    const query = new URLSearchParams(terms);
    return {
      price: (id) => call<Price>(agent, `http://${address}/prices/${id}?${query}`),
      batch: async (ids) => {
        const body = { requests: ids.map((productId) => ({ productId, ...terms })) };
        return (await call<{ prices: Price[] }>(agent, `http://${address}/prices/batch`, body)).prices;
      },
    };
  },
});

/** A new connection for each request, as the article has it. */
export const newConnection = expressOn(false);
/** The same with connections that are kept. */
export const keepAlive = expressOn(true);

async function serve({ delayMs }: ServeOptions): Promise<string> {
  const store = openStore(delayMs);
  const app = express();
  app.use(express.json());
  app.get('/prices/:id', async (req, res) => {
    res.json(toJson(await store.one(Number(req.params.id))));
  });
  app.post('/prices/batch', async (req, res) => {
    const { requests } = req.body as { requests: { productId: number }[] };
    const prices = await store.many(requests.map(({ productId }) => productId));
    res.json({ prices: prices.map(toJson) });
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** GET, or POST where there is a body. */
async function call<T>(agent: Agent, url: string, body?: object): Promise<T> {
  const json = body && JSON.stringify(body);
  const headers = json
    ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) }
    : {};
  const sent = request(url, { agent, method: json ? 'POST' : 'GET', headers });
  sent.end(json);
  const [response] = await once(sent, 'response');
  const answer = await text(response);
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}: ${answer}`);
  return JSON.parse(answer);
}
