import { readEvents, restClient, signIn } from '@hotpath/testing';
import { expect } from 'vitest';

/** What a shop remembers of {@link buyAndSell}. */
export type Bought = { readonly reservationId: string; readonly token: string; readonly key: string };

/**
 * Does once what a shop is for, at a gateway: sessions, pages, a price and a sale that are seen over SSE, imports,
 * a reservation that is confirmed. So every service reads and writes each of its tables.
 * @param product the number of a product that nobody else works with
 */
export async function buyAndSell(gateway: string, product: number): Promise<Bought> {
  const rest = restClient(gateway);
  const [merchant, token] = [await signIn(rest, 'merchant'), await signIn(rest, 'vip')];
  const page = await rest('GET', '/api/products?pageSize=47', { token });
  expect(page.status).toBe(200);
  expect(page.body.items).toHaveLength(47);

  const leave = new AbortController();
  const path = `/api/products/${product}/price`;
  const events = await readEvents(`${gateway}${path}/stream?currency=EUR`, { signal: leave.signal });
  const next = async () => JSON.parse((await events.next()).value?.data ?? '{}');
  expect(await next()).toMatchObject({ reason: 'snapshot' });
  const price = Number((10 + Math.random()).toFixed(2));
  const set = await rest('PUT', path, { body: { price, currency: 'EUR' }, token: merchant });
  expect(set.status).toBe(200);
  expect(await next()).toMatchObject({ reason: 'price_changed', price });
  const endsAt = new Date(Date.now() + 60_000).toISOString();
  const sale = await rest('POST', '/api/sales', {
    body: { productIds: [String(product)], percentOff: 50, endsAt },
    token: merchant,
  });
  expect(sale.status).toBe(201);
  expect(await next()).toMatchObject({ reason: 'sale_started', onSale: true });
  expect((await rest('DELETE', `/api/sales/${sale.body.saleId}`, { token: merchant })).status).toBe(200);
  expect(await next()).toMatchObject({ reason: 'sale_ended', price });
  leave.abort();

  const line = { productId: String(product), warehouseId: 'in-bom-1', available: 5 };
  const imported = await rest('POST', '/api/stock:import', {
    body: `${JSON.stringify(line)}\n`,
    headers: { 'content-type': 'application/x-ndjson' },
    token: merchant,
  });
  expect(imported).toMatchObject({ status: 200, body: { stored: 1 } });

  const key = `buy-${product}-${Date.now()}`;
  const headers = { 'idempotency-key': key };
  const body = { productId: String(product), quantity: 2, warehouseId: 'in-bom-1' };
  const held = await rest('POST', '/api/reservations', { body, token, headers });
  expect(held).toMatchObject({ status: 201, body: { state: 'held' } });
  const { reservationId } = held.body;
  const confirmed = await rest('POST', `/api/reservations/${reservationId}:confirm`, { token, headers });
  expect(confirmed).toMatchObject({ status: 200, body: { state: 'confirmed' } });
  const { body: after } = await rest('GET', `/api/products/${product}`);
  expect(after.stock).toContainEqual({ warehouseId: 'in-bom-1', available: 3 });
  return { reservationId, token, key };
}
