import { once } from 'node:events';
import type { WatchProductResponse } from '@hotpath/contracts';
import { type Database, trim } from '@hotpath/database';
import { Code, RpcError, unavailable } from '@hotpath/rpc';
import { afterEach, expect, test } from 'vitest';
import { insertProduct, openTestDatabase, startInventory } from '../testing.ts';

const db = await openTestDatabase();
const { client, pricing, user, feed } = await startInventory(db);

let lastProduct = 0n;
async function product(): Promise<bigint> {
  await insertProduct(db, ++lastProduct, { 'in-bom-1': 5, 'in-del-1': 9 });
  pricing.prices.set(`${lastProduct} INR`, 10_000n);
  return lastProduct;
}

const reserve = (productId: bigint, quantity: number) =>
  client.reserveStock({ requestId: `${productId} ${quantity}`, userId: 1n, productId, quantity });

/** Watches a product until the test ends. */
function watch(productId: bigint, userId = 0n) {
  const leave = new AbortController();
  const states = client.watchProduct({ productId, userId }, { signal: leave.signal })[Symbol.asyncIterator]();
  open.push(leave);
  return {
    leave,
    next: async () => (await states.next()).value as WatchProductResponse,
  };
}
const open: AbortController[] = [];

/** Resolves when no watch of pricing and no follower of the feed is left. */
async function allHaveLeft() {
  while (pricing.open() > 0 || feed.followers > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

afterEach(async () => {
  for (const leave of open.splice(0)) leave.abort();
  pricing.failure = undefined;
  pricing.hold = undefined;
  await allHaveLeft();
  pricing.watches.length = 0;
});

const rupees = (minorUnits: bigint) => ({ minorUnits, currency: 'INR' });

test('begins with a snapshot of price and stock, at the price of its reader', async () => {
  const productId = await product();
  expect(await watch(productId, 2n).next()).toEqual({
    productId,
    price: rupees(9_000n),
    originalPrice: rupees(10_000n),
    onSale: false,
    saleEndsAt: 0n,
    stock: [
      { warehouseId: 'in-bom-1', available: 5 },
      { warehouseId: 'in-del-1', available: 9 },
    ],
    reason: 'snapshot',
  });
  expect(user.asked).toContain(2n);
  expect(pricing.watches).toMatchObject([
    { productId, currency: 'INR', customerSegment: 'vip', resumeAfter: 0n },
  ]);
});

test('each change of stock or price gives a whole new state', async () => {
  const productId = await product();
  const { next } = watch(productId);
  await next();
  await reserve(productId, 8);
  const stock = [
    { warehouseId: 'in-bom-1', available: 5 },
    { warehouseId: 'in-del-1', available: 1 },
  ];
  expect(await next()).toMatchObject({ price: rupees(10_000n), stock, reason: 'stock_changed' });
  pricing.send({
    newPrice: 75,
    isOnSale: true,
    saleEndsAt: 1_900_000_000n,
    reason: 'sale_started',
    sequence: 101n,
  });
  expect(await next()).toMatchObject({
    price: rupees(7_500n),
    originalPrice: rupees(10_000n),
    onSale: true,
    saleEndsAt: 1_900_000_000n,
    stock,
    reason: 'sale_started',
  });
  pricing.send({ newPrice: 100, reason: 'sale_ended', sequence: 102n });
  expect(await next()).toMatchObject({ price: rupees(10_000n), onSale: false, reason: 'sale_ended' });
  pricing.send({ newPrice: 99.99, basePrice: 99.99, reason: 'a reason of tomorrow', sequence: 103n });
  expect(await next()).toMatchObject({ price: rupees(9_999n), stock, reason: 'price_changed' });
});

test('what changes before the first price is known is in the snapshot', async () => {
  const productId = await product();
  const hold = Promise.withResolvers<void>();
  pricing.hold = hold.promise;
  const { next } = watch(productId);
  const watching = once(pricing.bus, 'watch');
  const first = next();
  await watching;
  const changes = feed.follow({ after: 0n, keys: [productId] });
  await reserve(productId, 1);
  await changes.next();
  hold.resolve();
  await changes.return(undefined as never);
  expect(await first).toMatchObject({
    price: rupees(10_000n),
    stock: [{ available: 5 }, { available: 8 }],
    reason: 'snapshot',
  });
});

test('changes of other products are not told', async () => {
  const [productId, other] = [await product(), await product()];
  const { next } = watch(productId);
  await next();
  await reserve(other, 2);
  await reserve(productId, 1);
  expect(await next()).toMatchObject({ productId, stock: [{ available: 5 }, { available: 8 }] });
});

test('a break of pricing is mended unseen: it is resumed after the last update', async () => {
  const productId = await product();
  const { next } = watch(productId);
  await next();
  pricing.send({ newPrice: 90, basePrice: 90, reason: 'price_changed', sequence: 107n });
  await next();
  for (const error of [
    unavailable('restarting'),
    new RpcError(Code.INTERNAL, 'broken'),
    new RpcError(Code.CANCELLED, 'cut'),
  ]) {
    const reopened = once(pricing.bus, 'watch');
    pricing.send(error);
    await reopened;
  }
  expect(pricing.watches.map(({ resumeAfter }) => resumeAfter)).toEqual([0n, 107n, 107n, 107n]);
  pricing.send({ newPrice: 80, basePrice: 80, reason: 'price_changed', sequence: 108n });
  expect(await next()).toMatchObject({ price: rupees(8_000n), reason: 'price_changed' });
});

test('a snapshot after a break that says nothing new is not told', async () => {
  const productId = await product();
  const { next } = watch(productId);
  await next();
  pricing.send({ reason: 'resync', sequence: 5n });
  pricing.send({ newPrice: 90, reason: 'resync', sequence: 6n });
  expect(await next()).toMatchObject({ price: rupees(9_000n), reason: 'price_changed' });
});

test('stock goes on while pricing is away', async () => {
  const productId = await product();
  const { next } = watch(productId);
  await next();
  pricing.failure = unavailable('away');
  pricing.send(unavailable('away'));
  await reserve(productId, 1);
  expect(await next()).toMatchObject({ price: rupees(10_000n), reason: 'stock_changed' });
});

test('pricing away at the start fails the watch', async () => {
  const productId = await product();
  pricing.failure = unavailable('away');
  await expect(watch(productId).next()).rejects.toMatchObject({ code: Code.UNAVAILABLE });
});

test('a product without a price is watched for its stock', async () => {
  const productId = await product();
  pricing.prices.delete(`${productId} INR`);
  const { next } = watch(productId);
  expect(await next()).toMatchObject({ price: undefined, originalPrice: undefined, reason: 'snapshot' });
  await reserve(productId, 1);
  expect(await next()).toMatchObject({ price: undefined, reason: 'stock_changed' });
});

test('when the watcher leaves, nothing is left open', async () => {
  const productId = await product();
  const before = [pricing.open(), feed.followers];
  for await (const _ of client.watchProduct({ productId })) {
    expect([pricing.open(), feed.followers]).not.toEqual(before);
    break;
  }
  await allHaveLeft();
  expect([pricing.open(), feed.followers]).toEqual([0, 0]);
});

test('a watcher that leaves while pricing is away leaves nothing behind', async () => {
  const { leave, next } = watch(await product());
  await next();
  pricing.failure = unavailable('away');
  pricing.send(unavailable('away'));
  leave.abort();
  await allHaveLeft();
  const { length } = pricing.watches;
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(pricing.watches).toHaveLength(length);
});

test.each([
  [Code.NOT_FOUND, 'product', { productId: 999_999n }],
  [Code.INVALID_ARGUMENT, 'product_id', { productId: 0n }],
  [Code.INVALID_ARGUMENT, 'user_id', { productId: 1n, userId: -1n }],
  [Code.INVALID_ARGUMENT, 'currency', { productId: 1n, currency: 'inr' }],
])('ends with %i for a bad %s', async (code, message, request) => {
  const states = client.watchProduct(request)[Symbol.asyncIterator]();
  await expect(states.next()).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

test('a watch behind a trim of the stock ends by UNAVAILABLE, and the next begins with a snapshot', async () => {
  const productId = await product();
  let trims = 0;
  const trimmed = await startInventory({
    ...db,
    async query<Row extends object>(...statement: Parameters<Database['query']>) {
      const rows = await db.query<Row>(...statement);
      if (statement[0].includes('as position') && statement[0].includes('products') && trims++ === 0) {
        await reserve(productId, 1);
        await reserve(productId, 2);
        await trim(db, { feeds: ['stock_events'], eventsKeptMs: 0, answersKeptMs: 86_400_000 });
      }
      return rows;
    },
  });
  trimmed.pricing.prices.set(`${productId} INR`, 10_000n);
  const watching = trimmed.client.watchProduct({ productId })[Symbol.asyncIterator]();
  const ended = (async () => {
    for (;;) await watching.next();
  })();
  await expect(ended).rejects.toMatchObject({ code: Code.UNAVAILABLE });
  const again = trimmed.client.watchProduct({ productId })[Symbol.asyncIterator]();
  const { value } = await again.next();
  const { reason, stock } = value as WatchProductResponse;
  expect(reason).toBe('snapshot');
  expect(stock.reduce((sum, { available }) => sum + available, 0)).toBe(5 + 9 - 3);
  await again.return?.();
});
