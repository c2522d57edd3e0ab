import { PricingService } from '@hotpath/contracts';
import { Code, createClient, openChannel } from '@hotpath/rpc';
import { type RestAnswer, restClient, signIn } from '@hotpath/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

const { gateway, services } = inject('shop');
const rest = restClient(gateway);
const channel = openChannel(services.pricing, { serviceConfig: PricingService.serviceConfig });
const pricing = createClient(PricingService, channel);
const tokens: { standard: string; merchant: string } = { standard: '', merchant: '' };

beforeAll(async () => {
  tokens.standard = await signIn(rest, 'standard');
  tokens.merchant = await signIn(rest, 'merchant');
});
afterAll(() => channel.close());

/** The code that a call fails with, or what it answers. */
const outcome = <T>(call: Promise<T>) =>
  call.then(
    (value) => value,
    (error) => error.code as Code,
  );

describe('ids on the wire', () => {
  test.each([
    [0n, Code.INVALID_ARGUMENT],
    [-1n, Code.INVALID_ARGUMENT],
    [-(2n ** 63n), Code.INVALID_ARGUMENT],
    [2n ** 53n + 1n, Code.NOT_FOUND],
    [2n ** 63n - 1n, Code.NOT_FOUND],
  ])('GetPrice of product %s ends with %s', async (productId, code) => {
    expect(await outcome(pricing.getPrice({ productId }))).toBe(code);
  });

  test.each([2n ** 53n + 1n, 2n ** 63n - 1n])(
    'product %s is kept exactly and apart from its neighbour',
    async (productId) => {
      const price = { minorUnits: 4200n, currency: 'INR' };
      await pricing.setPrice({ requestId: `exact-${productId}`, productId, price });
      expect(await pricing.getPrice({ productId })).toMatchObject({ productId, basePrice: 42 });
      expect(await outcome(pricing.getPrice({ productId: productId - 1n }))).toBe(Code.NOT_FOUND);
      expect((await rest('GET', `/api/products/${productId}/price`)).body).toMatchObject({
        productId: String(productId),
        price: 42,
      });
    },
  );
});

describe('currencies and segments on the wire', () => {
  test.each([
    ['XXX', Code.INVALID_ARGUMENT],
    ['inr', Code.INVALID_ARGUMENT],
    ['I'.repeat(10_000), Code.INVALID_ARGUMENT],
    ["INR'; drop table prices; --", Code.INVALID_ARGUMENT],
    ['__proto__', Code.INVALID_ARGUMENT],
    ['constructor', Code.INVALID_ARGUMENT],
    ['\ud800', Code.INVALID_ARGUMENT],
    ['IN\0', Code.INVALID_ARGUMENT],
  ])('currency %j is refused', async (currency, code) => {
    expect(await outcome(pricing.getPrice({ productId: 400n, currency }))).toBe(code);
  });

  test('an empty currency is INR', async () => {
    expect(await pricing.getPrice({ productId: 400n })).toMatchObject({ currency: 'INR' });
  });

  test.each(['', 'platinum', 'VIP', '__proto__', 'toString', "' or 1=1", '\ud800', 'x'.repeat(10_000)])(
    'segment %j is standard',
    async (customerSegment) => {
      const price = await pricing.getPrice({ productId: 400n, customerSegment });
      expect(price.discountedPrice).toBe(price.basePrice);
    },
  );
});

describe('batches on the wire', () => {
  const requests = (count: number) => Array.from({ length: count }, (_, i) => ({ productId: BigInt(i + 1) }));

  test.each([0, 1, 500])('%i requests get as many prices', async (count) => {
    const { prices, errors } = await pricing.getPricesBatch({ requests: requests(count) });
    expect([prices.length, errors]).toEqual([count, []]);
  });
  test('501 requests are refused', async () => {
    expect(await outcome(pricing.getPricesBatch({ requests: requests(501) }))).toBe(Code.INVALID_ARGUMENT);
  });
  test('duplicates are answered in order, bad items are reported by index', async () => {
    const ids = [5n, 0n, 5n, -1n, 2n ** 62n, 4n];
    const { prices, errors } = await pricing.getPricesBatch({
      requests: ids.map((productId) => ({ productId })),
    });
    expect(prices.map(({ productId }) => productId)).toEqual([5n, 5n, 4n]);
    expect(errors.map(({ index, productId, code }) => [index, productId, code])).toEqual([
      [1, 0n, Code.INVALID_ARGUMENT],
      [3, -1n, Code.INVALID_ARGUMENT],
      [4, 2n ** 62n, Code.NOT_FOUND],
    ]);
  });
});

describe('REST', () => {
  type Case = [name: string, status: number, call: () => Promise<RestAnswer>, field?: string];
  const json = { 'content-type': 'application/json' };
  const batch = (body: unknown) => () => rest('POST', '/api/prices:batch', { body });
  const raw =
    (body: string, headers: Record<string, string> = json) =>
    () =>
      rest('POST', '/api/prices:batch', { body, headers });
  const setPrice = (body: unknown) => () =>
    rest('PUT', '/api/products/401/price', { body, token: tokens.merchant });
  const sale = (body: object) => () =>
    rest('POST', '/api/sales', {
      body: {
        productIds: ['401'],
        percentOff: 10,
        endsAt: new Date(Date.now() + 60_000).toISOString(),
        ...body,
      },
      token: tokens.merchant,
    });
  const get = (path: string) => () => rest('GET', path);

  const cases: Case[] = [
    ['id 0', 400, get('/api/products/0'), 'id'],
    ['negative id', 400, get('/api/products/-1'), 'id'],
    ['id 2^63', 400, get('/api/products/9223372036854775808'), 'id'],
    ['id that is no number', 400, get('/api/products/abc'), 'id'],
    ['id with a fraction', 400, get('/api/products/1.5'), 'id'],
    ['id with SQL', 400, get(`/api/products/${encodeURIComponent("1' or '1'='1")}`), 'id'],
    ['id with NUL', 400, get('/api/products/1%00'), 'id'],
    ['broken escape', 400, get('/api/products/%E0%A4%A')],
    ['unknown product', 404, get('/api/products/9223372036854775807')],
    ['unknown path', 404, get('/api/nothing')],
    ['wrong method', 405, () => rest('PATCH', '/api/products')],
    ['unknown currency', 400, get('/api/products/1?currency=XXX'), 'currency'],
    ['lower-case currency', 400, get('/api/products/1?currency=inr'), 'currency'],
    ['currency of 10,000 characters', 400, get(`/api/products/1?currency=${'I'.repeat(10_000)}`), 'currency'],
    ['currency twice', 400, get('/api/products/1?currency=INR&currency=USD'), 'currency'],
    ['page size 0', 400, get('/api/products?pageSize=0'), 'pageSize'],
    ['page size 201', 400, get('/api/products?pageSize=201'), 'pageSize'],
    ['page size that is no number', 400, get('/api/products?pageSize=x'), 'pageSize'],
    ['forged page token', 400, get('/api/products?pageToken=AAAA')],
    ['no products to stream', 400, get('/api/prices/stream?productIds='), 'productIds'],
    [
      '101 products to stream',
      400,
      get(`/api/prices/stream?productIds=${Array.from({ length: 101 }, (_, i) => i + 1)}`),
      'productIds',
    ],
    ['unknown product to stream', 404, get('/api/products/9223372036854775805/price/stream')],
    ['broken JSON', 400, raw('{"productIds": [')],
    ['no JSON at all', 400, raw('')],
    ['JSON of another type', 400, raw('[]')],
    ['null', 400, raw('null')],
    ['wrong content type', 415, raw('{}', { 'content-type': 'text/plain' })],
    ['too large a body', 413, raw(`{"productIds": ["${'1'.repeat(1_000_000)}"]}`)],
    ['too deep a body', 400, raw(`{"productIds": ${'['.repeat(5_000)}${']'.repeat(5_000)}}`)],
    ['__proto__ in the body', 400, raw('{"__proto__": {"productIds": ["1"]}}')],
    ['number for an id', 400, batch({ productIds: [1] }), 'productIds[0]'],
    ['501 ids', 400, batch({ productIds: Array.from({ length: 501 }, (_, i) => `${i + 1}`) }), 'productIds'],
    ['no ids', 400, batch({}), 'productIds'],
    ['negative price', 400, setPrice({ price: -1, currency: 'INR' }), 'price'],
    ['price as text', 400, setPrice({ price: '1', currency: 'INR' }), 'price'],
    [
      'price null, as JSON makes of NaN and Infinity',
      400,
      setPrice({ price: Number.NaN, currency: 'INR' }),
      'price',
    ],
    [
      'price 1e400',
      400,
      () =>
        rest('PUT', '/api/products/401/price', {
          body: '{"price": 1e400, "currency": "INR"}',
          headers: json,
          token: tokens.merchant,
        }),
      'price',
    ],
    ['price of 1e18', 400, setPrice({ price: 1e18, currency: 'INR' }), 'price'],
    ['three decimals of INR', 400, setPrice({ price: 1.001, currency: 'INR' }), 'price'],
    ['one decimal of JPY', 400, setPrice({ price: 1.5, currency: 'JPY' }), 'price'],
    ['no currency', 400, setPrice({ price: 1 }), 'currency'],
    ['0 % off', 400, sale({ percentOff: 0 }), 'percentOff'],
    ['100 % off', 400, sale({ percentOff: 100 }), 'percentOff'],
    ['12.5 % off', 400, sale({ percentOff: 12.5 }), 'percentOff'],
    ['a sale without products', 400, sale({ productIds: [] }), 'productIds'],
    ['a sale that has ended', 400, sale({ endsAt: '2020-01-01T00:00:00Z' })],
    ['a sale that ends no day', 400, sale({ endsAt: '2026-02-30T00:00:00Z' }), 'endsAt'],
    ['a sale of an unknown product', 404, sale({ productIds: ['9223372036854775806'] })],
    [
      'an unknown sale',
      404,
      () => rest('DELETE', '/api/sales/0b8a6c1e-55d0-4f6e-9c3e-2f1f0a7d9b10', { token: tokens.merchant }),
    ],
    ['a sale id that is none', 400, () => rest('DELETE', '/api/sales/x', { token: tokens.merchant }), 'id'],
    [
      'no idempotency key',
      400,
      () =>
        rest('POST', '/api/reservations', { body: { productId: '1', quantity: 1 }, token: tokens.standard }),
    ],
    [
      'more than there is',
      400,
      () =>
        rest('POST', '/api/reservations', {
          body: { productId: '402', quantity: 999, warehouseId: 'in-bom-1' },
          token: tokens.standard,
          headers: { 'idempotency-key': 'too-many' },
        }),
    ],
    [
      'wrong password',
      401,
      () => rest('POST', '/api/sessions', { body: { email: 'vip@demo.test', password: 'wrong' } }),
    ],
    [
      'unknown user',
      401,
      () => rest('POST', '/api/sessions', { body: { email: 'nobody@demo.test', password: 'hotpath' } }),
    ],
    [
      'no password',
      400,
      () => rest('POST', '/api/sessions', { body: { email: 'vip@demo.test' } }),
      'password',
    ],
  ];

  test.each(cases)('%s: %i as problem+json', async (_name, status, call, field) => {
    const answer = await call();
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ status, title: expect.any(String), code: expect.any(String) });
    if (field) expect(answer.body.errors?.map((error: { field: string }) => error.field)).toContain(field);
    expect(JSON.stringify(answer.body)).not.toMatch(/\bat .*\.ts:\d|select |insert /);
  });
});
