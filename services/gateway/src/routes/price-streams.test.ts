import { connect } from 'node:net';
import { registry } from '@hotpath/telemetry';
import { expect, onTestFinished, test, vi } from 'vitest';
import { bearer, createFeed, priceUpdate, signToken, startGateway } from '../testing/index.ts';

type Event = { id: string; event: string; data: Record<string, unknown> };

/** Reads an event stream. */
async function openStream(url: string, headers: Record<string, string> = {}) {
  const leave = new AbortController();
  onTestFinished(() => leave.abort());
  const response = await fetch(url, { headers, signal: leave.signal });
  const reader = (response.body as ReadableStream<Uint8Array>)
    .pipeThrough(new TextDecoderStream())
    .getReader();
  let text = '';
  return {
    response,
    leave: () => leave.abort(),
    /** The next event; undefined at the end. */
    async next(): Promise<Event | undefined> {
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end >= 0) {
          const lines = text.slice(0, end).split('\n');
          text = text.slice(end + 2);
          const field = (name: string) =>
            lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
          if (field('data'))
            return { id: field('id'), event: field('event'), data: JSON.parse(field('data')) };
          continue;
        }
        const { value, done } = await reader.read();
        if (done) return undefined;
        text += value;
      }
    },
  };
}

async function startWithFeed(settings = {}) {
  const feed = createFeed();
  const gateway = await startGateway({ pricing: { watchPrice: feed.watchPrice } }, settings);
  return { feed, ...gateway };
}

const change = (productId: number, sequence: number) => priceUpdate(BigInt(productId), BigInt(sequence));

async function metric(name: string): Promise<number> {
  const { values } = await (
    registry.getSingleMetric(name) as { get(): Promise<{ values: { value: number }[] }> }
  ).get();
  return values[0]?.value ?? 0;
}

const untilMetric = (name: string, value: number) =>
  vi.waitUntil(async () => (await metric(name)) === value, { timeout: 10_000, interval: 5 });

test('a price now, then each change, with the headers that keep a stream open', async () => {
  const { url, feed } = await startWithFeed();
  feed.push(change(5, 10));
  const stream = await openStream(`${url}/api/products/5/price/stream`);
  expect(Object.fromEntries(stream.response.headers)).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  expect(await stream.next()).toEqual({
    id: '10',
    event: 'price',
    data: {
      productId: '5',
      price: 10,
      originalPrice: 10,
      currency: 'INR',
      onSale: false,
      saleEndsAt: null,
      reason: 'snapshot',
      sequence: '10',
    },
  });
  feed.push(priceUpdate(5n, 11n, { reason: 'sale_started', isOnSale: true, saleEndsAt: 1_800_000_000n }));
  expect(await stream.next()).toMatchObject({
    id: '11',
    data: { reason: 'sale_started', onSale: true, saleEndsAt: '2027-01-15T08:00:00.000Z' },
  });
});

test('a stream that is opened while the gateway drains ends at once, and says when to come back', async () => {
  const { url, close } = await startWithFeed();
  await (await fetch(`${url}/api/nothing`)).text(); // keeps its connection, for which the drain waits a second
  const closed = close(600_000);
  const answer = await fetch(`${url}/api/products/5/price/stream`);
  expect(await answer.text()).toMatch(/^retry: \d+\n\n$/);
  await closed;
});

test('many browsers share one stream from pricing, which ends when the last has left', async () => {
  const { url, feed } = await startWithFeed();
  const streams = await Promise.all(
    Array.from({ length: 20 }, () => openStream(`${url}/api/products/5/price/stream`)),
  );
  for (const stream of streams) expect((await stream.next())?.data.reason).toBe('snapshot');
  expect(feed.open(5n)).toBe(1);
  expect(await metric('hotpath_gateway_sse_clients')).toBe(20);
  expect(await metric('hotpath_gateway_upstream_watches')).toBe(1);
  feed.push(change(5, 2));
  for (const stream of streams) expect((await stream.next())?.data.sequence).toBe('2');
  for (const stream of streams) stream.leave();
  await feed.untilOpen(5n, 0);
  await untilMetric('hotpath_gateway_sse_clients', 0);
  await untilMetric('hotpath_gateway_upstream_watches', 0);
});

test("a session's segment has a stream of its own", async () => {
  const { url, feed } = await startWithFeed();
  const [visitor, vip] = await Promise.all([
    openStream(`${url}/api/products/5/price/stream`),
    openStream(`${url}/api/products/5/price/stream`, await bearer()),
  ]);
  await Promise.all([visitor.next(), vip.next()]);
  expect(feed.open(5n)).toBe(2);
});

test('many products on one stream; coming back, a browser gets what it missed of each and no more', async () => {
  const { url, feed } = await startWithFeed();
  feed.push(change(5, 10));
  const path = `${url}/api/prices/stream?productIds=5,6,5,7`;
  const first = await openStream(path);
  for (let i = 0; i < 3; i++) expect((await first.next())?.data.reason).toBe('snapshot');
  feed.push(change(6, 11), change(5, 12));
  await first.next();
  const last = await first.next();
  first.leave();
  await feed.untilOpen(5n, 0);
  feed.push(change(7, 13), change(6, 14), change(5, 15));
  for (const [where, headers] of [
    [path, { 'last-event-id': last?.id ?? '' }],
    [`${path}&lastEventId=${last?.id}`, {}],
  ] as const) {
    const again = await openStream(where, headers);
    const seen = [await again.next(), await again.next(), await again.next()];
    expect(new Set(seen.map((event) => event?.data.sequence))).toEqual(new Set(['13', '14', '15']));
    again.leave();
  }
});

test('a change of one product that comes after a later one of another is not lost by coming back between', async () => {
  const { url, feed } = await startWithFeed();
  const path = `${url}/api/prices/stream?productIds=5,6`;
  const first = await openStream(path);
  await first.next();
  await first.next();
  feed.push(change(6, 21));
  const last = await first.next();
  first.leave();
  await feed.untilOpen(6n, 0);
  // The feed has 20 too: it only had not come by.
  feed.push(change(5, 20));
  const again = await openStream(path, { 'last-event-id': last?.id ?? '' });
  expect((await again.next())?.data).toMatchObject({ productId: '5', sequence: '20' });
});

test('coming back from before the trim, a browser gets the present price of each product, then each change', async () => {
  const { url, feed } = await startWithFeed();
  const path = `${url}/api/prices/stream?productIds=5,6`;
  feed.push(change(5, 10), change(6, 11));
  const first = await openStream(path);
  const seen = [await first.next(), await first.next()];
  first.leave();
  await feed.untilOpen(5n, 0);
  await feed.untilOpen(6n, 0);
  feed.push(change(5, 12), change(6, 13), change(5, 14));
  feed.forgetUntil(14n);
  const again = await openStream(path, { 'last-event-id': seen[1]?.id ?? '' });
  const resync = [await again.next(), await again.next()];
  expect(resync.map((event) => event?.data)).toMatchObject([
    { reason: 'resync', sequence: '14' },
    { reason: 'resync', sequence: '14' },
  ]);
  expect(new Set(resync.map((event) => event?.data.productId))).toEqual(new Set(['5', '6']));
  feed.push(change(6, 15));
  expect(await again.next()).toMatchObject({
    id: '15-1.0',
    data: { productId: '6', reason: 'price_changed', sequence: '15' },
  });
});

test.each(['x', '12-0.0.0'])('an id that is none, %s, begins with the present price', async (id) => {
  const { url } = await startWithFeed();
  const stream = await openStream(`${url}/api/products/5/price/stream`, { 'last-event-id': id });
  expect((await stream.next())?.data.reason).toBe('snapshot');
});

test('an unknown product is 404 before anything is sent, and nothing stays open', async () => {
  const { url, feed } = await startWithFeed();
  const { response } = await openStream(`${url}/api/prices/stream?productIds=5,1000`);
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  await feed.untilOpen(5n, 0);
});

test('a browser that leaves before the first price leaves nothing open', async () => {
  const asked = Promise.withResolvers<AbortSignal>();
  const { url } = await startGateway({
    pricing: {
      async *watchPrice(_request, call) {
        asked.resolve(call.signal);
        await new Promise((resolve) => call.signal.addEventListener('abort', resolve));
      },
    },
  });
  const leave = new AbortController();
  const response = fetch(`${url}/api/products/5/price/stream`, { signal: leave.signal });
  const signal = await asked.promise;
  leave.abort();
  await expect(response).rejects.toThrow();
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
});

test('a stream ends with its session', async () => {
  const { url } = await startWithFeed();
  const exp = Math.floor(Date.now() / 1000) + 2;
  const stream = await openStream(`${url}/api/products/5/price/stream`, {
    cookie: `hotpath_session=${await signToken({ exp })}`,
  });
  expect((await stream.next())?.data.reason).toBe('snapshot');
  expect(await stream.next()).toBeUndefined();
  expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000 - 50);
});

test('a server that goes away ends its streams', async () => {
  const { url, close } = await startWithFeed();
  const stream = await openStream(`${url}/api/products/5/price/stream`);
  await stream.next();
  const closed = close();
  expect(await stream.next()).toBeUndefined();
  await closed;
});

test('a client may hold so many streams open, and another when one has ended', async () => {
  const { url, feed } = await startWithFeed({ MAX_STREAMS_PER_CLIENT: 2 });
  const path = `${url}/api/products/5/price/stream`;
  const [first] = await Promise.all([openStream(path), openStream(path)]);
  const { response } = await openStream(path);
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('10');
  first.leave();
  await vi.waitUntil(async () => (await openStream(path)).response.ok, { interval: 5, timeout: 20_000 });
  expect(feed.open(5n)).toBe(1);
});

test('a browser that does not read is cut off', async () => {
  const { url, feed } = await startWithFeed();
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.pause();
  socket.write('GET /api/products/5/price/stream HTTP/1.1\r\nHost: x\r\n\r\n');
  await untilMetric('hotpath_gateway_sse_clients', 1);
  let sequence = 1;
  const writing = setInterval(() => {
    feed.push(
      ...Array.from({ length: 200 }, () => priceUpdate(5n, BigInt(++sequence), { reason: 'x'.repeat(1000) })),
    );
  }, 1);
  await untilMetric('hotpath_gateway_sse_clients', 0);
  clearInterval(writing);
  socket.destroy();
});

test('HEAD is answered without a stream', async () => {
  const { url } = await startWithFeed();
  const response = await fetch(`${url}/api/products/5/price/stream`, { method: 'HEAD' });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  expect(await metric('hotpath_gateway_sse_clients')).toBe(0);
});

test('how many streams are open is told to everybody', async () => {
  const { url } = await startWithFeed();
  const count = async () => (await (await fetch(`${url}/api/streams`)).json()) as { open: number };
  expect(await count()).toEqual({ open: 0 });
  const streams = [1, 2].map(() => openStream(`${url}/api/products/5/price/stream`));
  const [first] = await Promise.all(streams);
  expect(await count()).toEqual({ open: 2 });
  first?.leave();
  await vi.waitUntil(async () => (await count()).open === 1, { interval: 5, timeout: 20_000 });
});
