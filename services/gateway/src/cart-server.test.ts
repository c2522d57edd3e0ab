import { once } from 'node:events';
import { unavailable } from '@hotpath/rpc';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { bearer, cartHandler, signToken, startGateway } from './testing/index.ts';

/** A browser's end of a cart. */
async function openCart(url: string, headers: Record<string, string> = {}, options: ClientOptions = {}) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/cart`, { headers, ...options });
  onTestFinished(() => socket.terminate());
  const messages: Record<string, unknown>[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  const closed = once(socket, 'close').then(([code, reason]) => `${code} ${reason}`);
  await once(socket, 'open');
  return {
    socket,
    messages,
    closed,
    send: (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: async () => {
      await vi.waitUntil(() => messages.length > 0, { timeout: 5_000, interval: 2 });
      return messages.shift();
    },
  };
}

/** The status that an upgrade is refused with. */
async function refusal(url: string, headers: Record<string, string>) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/cart`, { headers });
  const [, response] = await once(socket, 'unexpected-response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, type: response.headers['content-type'], body: JSON.parse(text) };
}

const set = (productId: string, quantity: number) => ({ type: 'set', productId, quantity });

test('a cart is quoted after each change', async () => {
  const { url } = await startGateway();
  const cart = await openCart(url);
  cart.send(set('5', 2));
  expect(await cart.next()).toEqual({
    type: 'quote',
    reason: 'changed',
    lines: [
      {
        productId: '5',
        quantity: 2,
        price: 5,
        originalPrice: 5,
        lineTotal: 10,
        onSale: false,
        saleEndsAt: null,
      },
    ],
    total: 10,
    currency: 'INR',
  });
  cart.send(set('6', 1));
  expect(await cart.next()).toMatchObject({ total: 16 });
  cart.send(set('5', 0));
  expect(await cart.next()).toMatchObject({ total: 6, lines: [{ productId: '6' }] });
  cart.send({ type: 'currency', currency: 'JPY' });
  expect(await cart.next()).toMatchObject({ currency: 'JPY', lines: [{ productId: '6' }] });
});

test("a session's user pays what the segment pays", async () => {
  const { url } = await startGateway();
  const cart = await openCart(url, { cookie: `hotpath_session=${await signToken()}`, origin: url });
  cart.send(set('10', 1));
  expect(await cart.next()).toMatchObject({ total: 9 });
});

test.each([
  ['no JSON', '{', 'message'],
  ['another type', { type: 'clear' }, 'type'],
  ['product 0', set('0', 1), 'productId'],
  ['product as a number', { ...set('1', 1), productId: 1 }, 'productId'],
  ['quantity 1000', set('1', 1000), 'quantity'],
  ['half a piece', set('1', 0.5), 'quantity'],
  ['unknown currency', { type: 'currency', currency: 'XXX' }, 'currency'],
  ['a field too many', { ...set('1', 1), segment: 'wholesale' }, 'message'],
])('%s is a problem, and the cart goes on', async (_name, message, field) => {
  const { url } = await startGateway();
  const cart = await openCart(url);
  cart.send(message);
  expect(await cart.next()).toMatchObject({ type: 'error', problem: { status: 400, errors: [{ field }] } });
  cart.send(set('5', 1));
  expect(await cart.next()).toMatchObject({ type: 'quote', total: 5 });
});

test('a change that pricing refuses is a problem, and the cart is as before', async () => {
  const { url } = await startGateway();
  const cart = await openCart(url);
  cart.send(set('5', 1));
  await cart.next();
  cart.send(set('1000', 1));
  expect(await cart.next()).toMatchObject({ type: 'error', problem: { status: 404, code: 'NOT_FOUND' } });
  cart.send(set('6', 1));
  expect(await cart.next()).toMatchObject({ total: 11 });
});

test("when pricing's stream breaks, the cart is made again and its owner sees one quote", async () => {
  const streams: AbortController[] = [];
  const { url } = await startGateway({
    pricing: {
      async *quoteCart(requests, call) {
        const broken = new AbortController();
        streams.push(broken);
        const quotes = cartHandler(requests, call)[Symbol.asyncIterator]();
        const breaks = new Promise<never>((_, reject) =>
          broken.signal.addEventListener('abort', () => reject(unavailable('draining'))),
        );
        for (;;) {
          const next = await Promise.race([quotes.next(), breaks]);
          if (next.done) return;
          yield next.value;
        }
      },
    },
  });
  const cart = await openCart(url);
  for (const message of [
    set('5', 2),
    set('6', 1),
    { type: 'currency', currency: 'EUR' },
    set('7', 1),
    set('6', 0),
  ]) {
    cart.send(message);
    await cart.next();
  }
  streams[0]?.abort();
  expect(await cart.next()).toMatchObject({
    total: 17,
    currency: 'EUR',
    lines: [
      { productId: '5', quantity: 2 },
      { productId: '7', quantity: 1 },
    ],
  });
  cart.send(set('1', 1));
  expect(await cart.next()).toMatchObject({ total: 18 });
  expect(cart.messages).toEqual([]);
  expect(streams).toHaveLength(2);
});

test('where pricing is away, its owner is told and the socket closes', async () => {
  const { url } = await startGateway({
    pricing: {
      // biome-ignore lint/correctness/useYield: it fails before
      async *quoteCart() {
        throw unavailable('connect ECONNREFUSED 10.0.0.7');
      },
    },
  });
  const cart = await openCart(url);
  expect(await cart.next()).toMatchObject({ type: 'error', problem: { status: 503, retryAfter: 1 } });
  expect(JSON.stringify(cart.messages)).not.toContain('10.0.0.7');
  expect(await cart.closed).toMatch(/^1013 /);
});

test('when its owner leaves, the stream to pricing ends', async () => {
  const left = Promise.withResolvers<void>();
  const { url } = await startGateway({
    pricing: {
      async *quoteCart(requests, call) {
        try {
          yield* cartHandler(requests, call);
        } finally {
          left.resolve();
        }
      },
    },
  });
  const cart = await openCart(url);
  cart.send(set('5', 1));
  await cart.next();
  cart.socket.terminate();
  await left.promise;
});

test('a socket closes with its session', async () => {
  const { url } = await startGateway();
  const exp = Math.floor(Date.now() / 1000) + 2;
  const cart = await openCart(url, { authorization: `Bearer ${await signToken({ exp })}` });
  expect(await cart.closed).toBe('1008 the session has ended');
});

test('a server that goes away closes its sockets and says so', async () => {
  const { url, close } = await startGateway();
  const cart = await openCart(url);
  await close();
  expect(await cart.closed).toMatch(/^1001 /);
});

test('too many messages and too large ones close the socket', async () => {
  const { url } = await startGateway();
  const many = await openCart(url);
  for (let i = 0; i < 150; i++) many.send(set('5', (i % 9) + 1));
  expect(await many.closed).toBe('1008 too many messages');
  const large = await openCart(url);
  large.send('x'.repeat(5_000));
  expect(await large.closed).toMatch(/^1009 /);
});

test.each([
  ['a cookie without an origin', undefined, true],
  ['a cookie from another origin', 'http://evil.example', true],
  ['a visitor from another origin', 'http://evil.example', false],
])('%s is refused', async (_name, origin, withCookie) => {
  const { url } = await startGateway();
  const headers = {
    ...(withCookie && { cookie: `hotpath_session=${await signToken()}` }),
    ...(origin && { origin }),
  };
  expect(await refusal(url, headers)).toMatchObject({
    status: 403,
    type: 'application/problem+json; charset=utf-8',
    body: { code: 'PERMISSION_DENIED' },
  });
});

test('a bad token is refused, a good one needs no origin', async () => {
  const { url } = await startGateway();
  expect(await refusal(url, { authorization: 'Bearer x' })).toMatchObject({ status: 401 });
  const cart = await openCart(url, { ...(await bearer()), origin: 'http://elsewhere.example' });
  cart.send(set('10', 1));
  expect(await cart.next()).toMatchObject({ total: 9 });
});

test('sockets count among the streams that a client may hold', async () => {
  const { url } = await startGateway({}, { MAX_STREAMS_PER_CLIENT: 1 });
  const cart = await openCart(url);
  expect(await refusal(url, {})).toMatchObject({ status: 429 });
  cart.socket.terminate();
  await vi.waitUntil(
    () =>
      openCart(url).then(
        () => true,
        () => false,
      ),
    { interval: 20, timeout: 20_000 },
  );
});

test('who does not ask for a WebSocket is told to', async () => {
  const { url } = await startGateway();
  const response = await fetch(`${url}/api/cart`);
  expect(response.status).toBe(426);
  expect(response.headers.get('upgrade')).toBe('websocket');
  expect(await response.json()).toMatchObject({ code: 'UPGRADE_REQUIRED' });
});

test('an upgrade elsewhere is answered as any request', async () => {
  const { url } = await startGateway();
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/nothing`);
  const [, response] = await once(socket, 'unexpected-response');
  expect(response.statusCode).toBe(404);
  response.destroy();
});
