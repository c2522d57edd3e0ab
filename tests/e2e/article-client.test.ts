import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as grpc from '@grpc/grpc-js';
import { type ArticleUpdate, articleClient, restClient, signIn } from '@hotpath/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

const proto = fileURLToPath(new URL('../contract/article/pricing.proto', import.meta.url));
const { gateway, services } = inject('shop');
const rest = restClient(gateway);
const client = articleClient(proto, services.pricing);
let merchant: string;

beforeAll(async () => {
  merchant = await signIn(rest, 'merchant');
});
afterAll(() => client.close());

const soon = () => ({ deadline: Date.now() + 5_000 });

test("the article's client gets a price", async () => {
  const getPrice = promisify(client.GetPrice.bind(client));
  const standard = await getPrice({ product_id: 123, currency: 'INR', customer_segment: 'standard' }, soon());
  const vip = await getPrice({ product_id: 123, currency: 'INR', customer_segment: 'vip' }, soon());
  expect(standard).toMatchObject({ product_id: '123', is_on_sale: false, sale_ends_at: '0' });
  expect(standard.base_price).toBeGreaterThan(0);
  expect(standard.discounted_price).toBe(standard.base_price);
  expect(vip.discounted_price).toBeCloseTo(standard.base_price * 0.9, 2);
});

test("the article's client gets 47 prices in one call, in order", async () => {
  const getPricesBatch = promisify(client.GetPricesBatch.bind(client));
  const ids = Array.from({ length: 47 }, (_, i) => i + 1).reverse();
  const { prices } = await getPricesBatch(
    { requests: ids.map((id) => ({ product_id: id, currency: 'INR', customer_segment: 'wholesale' })) },
    soon(),
  );
  expect(prices.map(({ product_id }) => product_id)).toEqual(ids.map(String));
  for (const price of prices) expect(price.discounted_price).toBeCloseTo(price.base_price * 0.8, 1);
});

test("the article's client watches a price through a sale, and leaves", async () => {
  const product = '9100';
  const updates: ArticleUpdate[] = [];
  const stream = client.WatchPrice({ product_id: product });
  const failed = Promise.withResolvers<grpc.ServiceError>();
  stream.on('error', failed.resolve);
  const next = async (reason: string) => {
    for (;;) {
      const found = updates.find((update) => update.reason === reason);
      if (found) return found;
      await new Promise((resolve) => stream.once('data', resolve));
    }
  };
  stream.on('data', (update: ArticleUpdate) => updates.push(update));

  const snapshot = await next('snapshot');
  const endsAt = new Date(Date.now() + 1_500).toISOString();
  const sale = { productIds: [product], percentOff: 50, endsAt };
  expect((await rest('POST', '/api/sales', { body: sale, token: merchant })).status).toBe(201);
  const started = await next('sale_started');
  const ended = await next('sale_ended');
  expect(started.new_price).toBeCloseTo(snapshot.new_price / 2, 1);
  expect(ended.new_price).toBe(snapshot.new_price);
  expect(updates.map(({ reason }) => reason)).toEqual(['snapshot', 'sale_started', 'sale_ended']);

  stream.cancel();
  expect((await failed.promise).code).toBe(grpc.status.CANCELLED);
});
