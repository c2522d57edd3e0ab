import { once } from 'node:events';
import { readEvents, restClient, signIn } from '@hotpath/testing';
import { beforeAll, expect, inject, test } from 'vitest';

const { gateway, admin } = inject('shop');
const rest = restClient(gateway);
const tokens: Record<'standard' | 'vip' | 'wholesale' | 'merchant', string> = {} as never;

beforeAll(async () => {
  for (const account of ['standard', 'vip', 'wholesale', 'merchant'] as const) {
    tokens[account] = await signIn(rest, account);
  }
});

test('a page of products comes with prices and stock, and the next one follows it', async () => {
  const first = await rest('GET', '/api/products?pageSize=47');
  expect(first.status).toBe(200);
  expect(first.body.items).toHaveLength(47);
  for (const product of first.body.items) {
    expect(product).toMatchObject({
      productId: expect.stringMatching(/^\d+$/),
      name: expect.any(String),
      description: expect.any(String),
      category: expect.any(String),
      currency: 'INR',
      price: expect.any(Number),
      originalPrice: expect.any(Number),
      onSale: expect.any(Boolean),
      stock: expect.arrayContaining([{ warehouseId: 'in-bom-1', available: expect.any(Number) }]),
    });
  }
  const second = await rest('GET', `/api/products?pageSize=47&pageToken=${first.body.nextPageToken}`);
  expect(second.body.items.map((item: { productId: string }) => Number(item.productId))).toEqual(
    Array.from({ length: 47 }, (_, i) => i + 48),
  );
});

test('all pages together are the whole catalogue', async () => {
  let token = '';
  let products = 0;
  do {
    const page = await rest('GET', `/api/products?pageSize=200&pageToken=${token}`);
    products += page.body.items.length;
    token = page.body.nextPageToken;
  } while (token);
  expect(products).toBe(10_000);
});

test('a category filters; currencies have their decimals', async () => {
  const { body } = await rest('GET', '/api/products?pageSize=5');
  const { category, productId } = body.items[0];
  const filtered = await rest('GET', `/api/products?pageSize=20&category=${category}`);
  expect(new Set(filtered.body.items.map((item: { category: string }) => item.category))).toEqual(
    new Set([category]),
  );
  for (const [currency, decimals] of Object.entries({ INR: 2, USD: 2, EUR: 2, GBP: 2, JPY: 0 })) {
    const { price } = (await rest('GET', `/api/products/${productId}?currency=${currency}`)).body;
    expect(price).toBe(Number(price.toFixed(decimals)));
  }
});

test("the user's segment sets the price, whatever the client says", async () => {
  const path = '/api/products/200/price?currency=USD&segment=wholesale&customerSegment=wholesale';
  const { body: base } = await rest('GET', path);
  expect(base.price).toBe(base.originalPrice);
  for (const [account, factor] of [
    ['standard', 1],
    ['vip', 0.9],
    ['wholesale', 0.8],
  ] as const) {
    const { body } = await rest('GET', path, { token: tokens[account] });
    expect(body.price).toBeCloseTo(base.originalPrice * factor, 1);
    const product = await rest('GET', '/api/products/200?currency=USD', { token: tokens[account] });
    expect(product.body.price).toBe(body.price);
  }
});

test('a batch answers good items in order and reports the bad', async () => {
  const { status, body } = await rest('POST', '/api/prices:batch', {
    body: { productIds: ['3', '999999', '3', '1'], currency: 'EUR' },
  });
  expect(status).toBe(200);
  expect(body.items.map((item: { productId: string }) => item.productId)).toEqual(['3', '3', '1']);
  expect(body.errors).toMatchObject([{ index: 1, productId: '999999' }]);
});

test('a price set by a merchant is everywhere at once, by REST and by SSE, and is resumed after a break', async () => {
  const path = '/api/products/201/price';
  const leave = new AbortController();
  const events = await readEvents(`${gateway}${path}/stream?currency=GBP`, { signal: leave.signal });
  const next = async (from = events) => {
    const { value } = await from.next();
    return { id: value?.id, ...JSON.parse(value?.data ?? '{}') };
  };
  const snapshot = await next();
  expect(snapshot).toMatchObject({ productId: '201', currency: 'GBP', reason: 'snapshot', onSale: false });

  const set = (price: number) =>
    rest('PUT', path, { body: { price, currency: 'GBP' }, token: tokens.merchant });
  expect((await set(12.34)).status).toBe(200);
  const changed = await next();
  expect(changed).toMatchObject({ price: 12.34, originalPrice: 12.34, reason: 'price_changed' });
  expect(BigInt(changed.sequence)).toBeGreaterThan(BigInt(snapshot.sequence));
  expect((await rest('GET', `${path}?currency=GBP`)).body.price).toBe(12.34);
  leave.abort();

  await set(12.35);
  await set(12.36);
  const again = new AbortController();
  const resumed = await readEvents(`${gateway}${path}/stream?currency=GBP`, {
    headers: { 'last-event-id': changed.id },
    signal: again.signal,
  });
  expect([(await next(resumed)).price, (await next(resumed)).price]).toEqual([12.35, 12.36]);
  again.abort();
});

test('several products on one stream share one order of changes', async () => {
  const leave = new AbortController();
  const events = await readEvents(`${gateway}/api/prices/stream?productIds=202,203`, {
    signal: leave.signal,
  });
  const snapshots = [(await events.next()).value, (await events.next()).value].map((event) =>
    JSON.parse(event?.data ?? ''),
  );
  expect(snapshots.map(({ productId }) => productId).sort()).toEqual(['202', '203']);
  const seen: string[] = [];
  for (const product of ['202', '203', '202']) {
    await rest('PUT', `/api/products/${product}/price`, {
      body: { price: 10 + seen.length, currency: 'INR' },
      token: tokens.merchant,
    });
    const { value } = await events.next();
    expect(JSON.parse(value?.data ?? '').productId).toBe(product);
    seen.push(JSON.parse(value?.data ?? '').sequence);
  }
  expect(seen.map(BigInt)).toEqual(seen.map(BigInt).toSorted((a, b) => (a < b ? -1 : 1)));
  leave.abort();
});

test('a reservation is held, confirmed and released by its own user only', async () => {
  const reserve = (key: string, quantity = 1) =>
    rest('POST', '/api/reservations', {
      body: { productId: '300', quantity },
      token: tokens.vip,
      headers: { 'idempotency-key': key },
    });
  const key = `reserve-${Date.now()}`;
  const held = await reserve(key);
  expect(held.status).toBe(201);
  expect(held.body).toMatchObject({ productId: '300', quantity: 1, state: 'held' });
  expect((await reserve(key)).body).toEqual(held.body);
  expect((await reserve(key, 2)).status).toBe(409);

  const { reservationId } = held.body;
  const act = (method: string, path: string, token: string) =>
    rest(method, path, { token, headers: { 'idempotency-key': `${key}-${method}` } });
  expect((await act('POST', `/api/reservations/${reservationId}:confirm`, tokens.standard)).status).toBe(404);
  const confirmed = await act('POST', `/api/reservations/${reservationId}:confirm`, tokens.vip);
  expect(confirmed).toMatchObject({ status: 200, body: { state: 'confirmed' } });
  expect((await act('DELETE', `/api/reservations/${reservationId}`, tokens.vip)).status).toBe(400);

  const other = await reserve(`${key}-other`);
  const released = await act('DELETE', `/api/reservations/${other.body.reservationId}`, tokens.vip);
  expect(released).toMatchObject({ status: 200, body: { state: 'released' } });
});

test('a cart is quoted live over a WebSocket', async () => {
  const socket = new WebSocket(`${gateway.replace('http', 'ws')}/api/cart`);
  await once(socket, 'open');
  const quotes: { type: string; total: number; currency: string }[] = [];
  let wake = () => {};
  socket.addEventListener('message', ({ data }) => {
    quotes.push(JSON.parse(String(data)));
    wake();
  });
  const next = async () => {
    while (quotes.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return quotes.shift();
  };
  const { body } = await rest('GET', '/api/products/301/price');
  socket.send(JSON.stringify({ type: 'set', productId: '301', quantity: 3 }));
  expect(await next()).toMatchObject({
    type: 'quote',
    currency: 'INR',
    lines: [{ productId: '301', quantity: 3 }],
    total: Number((body.price * 3).toFixed(2)),
  });
  await rest('PUT', '/api/products/301/price', {
    body: { price: 50, currency: 'INR' },
    token: tokens.merchant,
  });
  expect(await next()).toMatchObject({ type: 'quote', total: 150 });
  socket.send(JSON.stringify({ type: 'currency', currency: 'JPY' }));
  expect(await next()).toMatchObject({ type: 'quote', currency: 'JPY' });
  socket.send(JSON.stringify({ type: 'set', productId: '99999999', quantity: 1 }));
  expect(await next()).toMatchObject({ type: 'error', problem: { status: 404 } });
  socket.close();
});

test('every process is alive, ready and measured', async () => {
  for (const [name, address] of Object.entries(admin)) {
    for (const [path, words] of [
      ['livez', 'ok'],
      ['readyz', 'ready'],
      ['metrics', 'rpc_client_call'],
    ] as const) {
      const response = await fetch(`http://${address}/${path}`);
      expect([name, path, response.status]).toEqual([name, path, 200]);
      expect(await response.text()).toContain(words);
    }
  }
});

test('the page, the API description and its viewer are there', async () => {
  const page = await rest('GET', '/');
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  const { body } = await rest('GET', '/openapi.json');
  expect(body.openapi).toMatch(/^3\.1\./);
  expect(Object.keys(body.paths)).toContain('/api/products/{id}');
  expect((await rest('GET', '/docs')).status).toBe(200);
});

test('no handler worked for a call that had ended', async () => {
  for (const address of Object.values(admin)) {
    const text = await (await fetch(`http://${address}/metrics`)).text();
    const after = [...text.matchAll(/^hotpath_work_after_end\{.*\} (\S+)$/gm)].map(([, value]) =>
      Number(value),
    );
    expect(after.filter((value) => value !== 0)).toEqual([]);
  }
});
