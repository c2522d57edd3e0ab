import fastify from 'fastify';
import { Pool } from 'undici';
import type { Price } from '../../check.ts';
import { openStore, toJson } from '../../data.ts';
import { type Peer, terms } from '../peer.ts';

const price = {
  type: 'object',
  properties: {
    productId: { type: 'integer' },
    basePrice: { type: 'number' },
    discountedPrice: { type: 'number' },
    isOnSale: { type: 'boolean' },
    saleEndsAt: { type: 'integer' },
    currency: { type: 'string' },
  },
};
const prices = { type: 'object', properties: { prices: { type: 'array', items: price } } };

/** REST as fast as Node does it: fastify with schemas of its answers, undici with a pool of connections. */
const peer: Peer = {
  async serve({ delayMs }) {
    const store = openStore(delayMs);
    const app = fastify();
    app.get<{ Params: { id: string } }>(
      '/prices/:id',
      { schema: { response: { 200: price } } },
      async (request) => toJson(await store.one(Number(request.params.id))),
    );
    app.post<{ Body: { requests: { productId: number }[] } }>(
      '/prices/batch',
      { schema: { response: { 200: prices } } },
      async ({ body }) => ({
        prices: (await store.many(body.requests.map(({ productId }) => productId))).map(toJson),
      }),
    );
    return new URL(await app.listen({ host: '127.0.0.1', port: 0 })).host;
  },
  connect(address) {
    const pool = new Pool(`http://${address}`);
    const query = new URLSearchParams(terms);
    const ask = async (options: { path: string; method: 'GET' | 'POST'; body?: string }) => {
      const headers = options.body ? { 'content-type': 'application/json' } : {};
      const { statusCode, body } = await pool.request({ ...options, headers });
      if (statusCode !== 200) {
        throw new Error(`${options.path} answered ${statusCode}: ${await body.text()}`);
      }
      return body.json();
    };
    return {
      price: async (id) => (await ask({ method: 'GET', path: `/prices/${id}?${query}` })) as Price,
      batch: async (ids) => {
        const body = JSON.stringify({ requests: ids.map((productId) => ({ productId, ...terms })) });
        const answer = (await ask({ method: 'POST', path: '/prices/batch', body })) as { prices: Price[] };
        return answer.prices;
      },
    };
  },
};
export default peer;
