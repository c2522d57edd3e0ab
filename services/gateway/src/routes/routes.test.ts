import { alreadyExists, failedPrecondition, type RpcError, unavailable } from '@hotpath/rpc';
import { describe, expect, test } from 'vitest';
import { bearer, type StandIns, someUuid, startGateway } from '../testing/index.ts';

type Call = {
  method?: string;
  as?: 'customer' | 'merchant';
  body?: unknown;
  headers?: Record<string, string>;
};

async function ask(url: string, { method = 'GET', as, body, headers }: Call = {}) {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(as && (await bearer(as))),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
}

const key = { 'idempotency-key': 'k1' };

describe('what each route answers', () => {
  const visitorPrice = {
    productId: '5',
    price: 5,
    originalPrice: 5,
    currency: 'INR',
    onSale: false,
    saleEndsAt: null,
  };
  const product = {
    productId: '1',
    name: 'Product 1',
    description: 'A thing.',
    category: 'kitchen',
    price: 12.34,
    originalPrice: 15,
    currency: 'INR',
    onSale: true,
    saleEndsAt: '2027-01-15T08:00:00.000Z',
    stock: [{ warehouseId: 'in-bom-1', available: 3 }],
  };
  const held = {
    reservationId: someUuid,
    productId: '5',
    warehouseId: 'in-bom-1',
    quantity: 2,
    state: 'held',
    expiresAt: '2027-01-15T08:00:00.000Z',
  };
  const endsAt = '2027-01-01T05:30:00+05:30';
  const cases: [route: string, call: Call, status: number, body: unknown][] = [
    ['/api/products', {}, 200, { items: [product, { productId: '2', price: null }], nextPageToken: 'next' }],
    ['/api/products?pageToken=next', {}, 200, { items: [{ productId: '3' }], nextPageToken: null }],
    ['/api/products/1', {}, 200, product],
    ['/api/products/2?currency=EUR', {}, 200, { price: null, originalPrice: null, currency: 'EUR' }],
    ['/api/products/5/price', {}, 200, visitorPrice],
    ['/api/products/5/price', { as: 'customer' }, 200, { price: 4.5, originalPrice: 5 }],
    [
      '/api/prices:batch',
      { method: 'POST', body: { productIds: ['5', '1000', '5'], currency: 'INR' } },
      200,
      {
        items: [visitorPrice, visitorPrice],
        errors: [{ index: 1, productId: '1000', code: 'NOT_FOUND', message: 'no product 1000' }],
      },
    ],
    ['/api/prices:batch', { method: 'POST', body: { productIds: [] } }, 200, { items: [], errors: [] }],
    [
      '/api/sessions',
      { method: 'POST', body: { email: 'vip@demo.test', password: 'hotpath' } },
      201,
      { token: expect.stringMatching(/^eyJ/), expiresAt: '2030-03-17T17:46:40.000Z' },
    ],
    ['/api/sessions', { method: 'DELETE' }, 204, ''],
    [
      '/api/reservations',
      { method: 'POST', as: 'customer', headers: key, body: { productId: '5', quantity: 2 } },
      201,
      held,
    ],
    [
      `/api/reservations/${someUuid}:confirm`,
      { method: 'POST', as: 'customer', headers: key },
      200,
      { reservationId: someUuid, state: 'confirmed' },
    ],
    [
      `/api/reservations/${someUuid}`,
      { method: 'DELETE', as: 'customer', headers: key },
      200,
      { reservationId: someUuid, state: 'released' },
    ],
    [
      '/api/products/5/price',
      { method: 'PUT', as: 'merchant', body: { price: 19.99, currency: 'EUR' } },
      200,
      { productId: '5', price: 19.99, currency: 'EUR' },
    ],
    [
      '/api/sales',
      { method: 'POST', as: 'merchant', body: { productIds: ['5'], percentOff: 20, endsAt } },
      201,
      { saleId: someUuid },
    ],
    [
      `/api/sales/${someUuid}`,
      { method: 'DELETE', as: 'merchant' },
      200,
      { saleId: someUuid, endedAt: '2023-11-14T22:13:20.000Z' },
    ],
  ];
  test.each(cases)('%s %o: %i', async (path, call, status, body) => {
    const { url } = await startGateway();
    const answer = await ask(url + path, call);
    expect(answer).toMatchObject({ status, body });
  });
});

test('the services get exactly what was asked, under the name of its user', async () => {
  const seen: unknown[] = [];
  const keep =
    <T, R>(answer: R) =>
    (request: T) => {
      seen.push(request);
      return answer;
    };
  const { url } = await startGateway({
    inventory: {
      listProducts: keep({ products: [], nextPageToken: '' }),
      reserveStock: keep({ reservation: undefined }),
    },
    pricing: {
      setPrice: keep({ productId: 1n, price: { minorUnits: 1n, currency: 'INR' }, sequence: 1n }),
      startSale: keep({ saleId: someUuid, startsAtMs: 0n, endsAtMs: 0n }),
    },
  });
  await ask(`${url}/api/products?pageSize=20&category=garden&currency=JPY`, { as: 'customer' });
  const id = '9007199254740993'; // 2^53 + 1
  await ask(`${url}/api/products/${id}/price`, {
    method: 'PUT',
    as: 'merchant',
    body: { price: 0.29, currency: 'GBP' },
  });
  await ask(`${url}/api/sales`, {
    method: 'POST',
    as: 'merchant',
    headers: key,
    body: {
      productIds: [id],
      percentOff: 5,
      startsAt: '2027-01-01T00:00:00Z',
      endsAt: '2027-01-01T05:30:00.5+05:30',
    },
  });
  await ask(`${url}/api/reservations`, {
    method: 'POST',
    as: 'customer',
    headers: key,
    body: { productId: id, quantity: 3, warehouseId: 'in-del-1' },
  });
  expect(seen).toEqual([
    { pageSize: 20, pageToken: '', category: 'garden', userId: 7n, currency: 'JPY' },
    {
      requestId: expect.stringMatching(/^u9:[0-9a-f-]{36}$/),
      productId: BigInt(id),
      price: { minorUnits: 29n, currency: 'GBP' },
    },
    {
      requestId: 'u9:k1',
      productIds: [BigInt(id)],
      percentOff: 5,
      startsAtMs: BigInt(Date.UTC(2027, 0, 1)),
      endsAtMs: BigInt(Date.UTC(2027, 0, 1)) + 500n,
    },
    { requestId: 'u7:k1', userId: 7n, productId: BigInt(id), quantity: 3, warehouseId: 'in-del-1' },
  ]);
});

describe('problems', () => {
  const fails = (error: RpcError): StandIns => ({
    pricing: {
      setPrice() {
        throw error;
      },
    },
  });
  const setPrice = { method: 'PUT', as: 'merchant', body: { price: 1, currency: 'INR' } } as const;
  const cases: [name: string, standIns: StandIns, path: string, call: Call, status: number, body: object][] =
    [
      [
        'unknown product',
        {},
        '/api/products/1000',
        {},
        404,
        { code: 'NOT_FOUND', detail: 'no product 1000' },
      ],
      [
        'a field that only the service can judge',
        {},
        '/api/products?pageToken=forged',
        {},
        400,
        { code: 'INVALID_ARGUMENT', errors: [{ field: 'pageToken', message: 'is none of ours' }] },
      ],
      [
        'wrong password',
        {},
        '/api/sessions',
        { method: 'POST', body: { email: 'vip@demo.test', password: 'x' } },
        401,
        { code: 'UNAUTHENTICATED' },
      ],
      [
        'key used before',
        fails(alreadyExists('request_id "u4:k" was used for another request')),
        '/api/products/1/price',
        setPrice,
        409,
        { code: 'ALREADY_EXISTS', detail: expect.stringContaining('Idempotency-Key') },
      ],
      [
        'state of things',
        fails(failedPrecondition('too late')),
        '/api/products/1/price',
        setPrice,
        400,
        { code: 'FAILED_PRECONDITION', detail: 'too late' },
      ],
      [
        'service away',
        fails(unavailable('connect ECONNREFUSED 10.0.0.7:50052')),
        '/api/products/1/price',
        setPrice,
        503,
        { code: 'UNAVAILABLE', retryAfter: 1, detail: expect.not.stringContaining('10.0.0.7') },
      ],
      [
        'no key',
        {},
        '/api/reservations',
        { method: 'POST', as: 'customer', body: { productId: '1', quantity: 1 } },
        400,
        { errors: [{ field: 'idempotency-key', message: 'is missing' }] },
      ],
      [
        'too many decimals',
        {},
        '/api/products/1/price',
        { ...setPrice, body: { price: 1.005, currency: 'INR' } },
        400,
        { errors: [{ field: 'price', message: expect.stringContaining('decimals') }] },
      ],
      [
        'a typing mistake in a name',
        {},
        '/api/products/1/price',
        { ...setPrice, body: { price: 1, currency: 'INR', curency: 'EUR' } },
        400,
        { errors: [{ field: 'body', message: expect.stringContaining('curency') }] },
      ],
      [
        'item of a list',
        {},
        '/api/prices:batch',
        { method: 'POST', body: { productIds: ['1', 2] } },
        400,
        { errors: [{ field: 'productIds[1]', message: expect.any(String) }] },
      ],
    ];
  test.each(cases)('%s', async (_name, standIns, path, call, status, body) => {
    const { url } = await startGateway(standIns);
    const answer = await ask(url + path, call);
    expect(answer).toMatchObject({ status, body: { type: 'about:blank', status, ...body } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '1' : null);
  });

  test('what nobody expected tells an id and nothing else', async () => {
    const { url } = await startGateway({
      pricing: {
        getPrice() {
          throw new Error('select secret from prices');
        },
      },
    });
    const answer = await ask(`${url}/api/products/1/price`);
    expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
    expect(answer.body.detail).toMatch(/^internal error, id [0-9a-f-]{36}$/);
  });
});
