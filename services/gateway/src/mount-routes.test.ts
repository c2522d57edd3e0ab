import { once } from 'node:events';
import { connect } from 'node:net';
import { Code } from '@hotpath/rpc';
import { generateKeyPair } from 'jose';
import { describe, expect, test } from 'vitest';
import { bearer, ended, signToken, startGateway } from './testing/index.ts';

const json = { 'content-type': 'application/json' };
const other = await generateKeyPair('ES256');

async function problemOf(response: Response) {
  const type = response.headers.get('content-type');
  return {
    status: response.status,
    type,
    headers: response.headers,
    body: (await response.json()) as { errors: { field: string }[] },
  };
}

describe('requests that no handler should see', () => {
  const batch = (body: string, headers: Record<string, string> = json): [string, RequestInit] => [
    '/api/prices:batch',
    { method: 'POST', body, headers },
  ];
  const cases: [name: string, status: number, request: [path: string, init?: RequestInit], field?: string][] =
    [
      ['unknown path', 404, ['/api/nothing']],
      ['path with a slash too many', 404, ['/api/products/']],
      ['path in capitals', 404, ['/API/products']],
      ['path with a broken escape', 400, ['/api/products/%E0%A4%A']],
      ['id 0', 400, ['/api/products/0'], 'id'],
      ['id with a sign', 400, ['/api/products/+1'], 'id'],
      ['id with a zero in front', 400, ['/api/products/01'], 'id'],
      ['id 2^63', 400, ['/api/products/9223372036854775808'], 'id'],
      ['id __proto__', 400, ['/api/products/__proto__'], 'id'],
      ['id with NUL', 400, ['/api/products/1%00'], 'id'],
      ['id with a line break', 400, ['/api/products/1%0A'], 'id'],
      ['full-width digits', 400, [`/api/products/${encodeURIComponent('１')}`], 'id'],
      ['parameter twice', 400, ['/api/products?currency=INR&currency=INR'], 'currency'],
      ['parameter as an array', 200, ['/api/products?currency[]=INR']],
      ['__proto__ as a parameter', 200, ['/api/products?__proto__=1&constructor=2']],
      ['page size in hex', 400, ['/api/products?pageSize=0x10'], 'pageSize'],
      ['page size with a space', 400, ['/api/products?pageSize=+5'], 'pageSize'],
      ['empty page size', 400, ['/api/products?pageSize='], 'pageSize'],
      ['category with NUL', 400, ['/api/products?category=a%00'], 'category'],
      ['broken JSON', 400, batch('{"productIds":['), 'body'],
      ['no body', 400, ['/api/prices:batch', { method: 'POST', headers: json }], 'productIds'],
      ['JSON null', 400, batch('null'), 'body'],
      ['JSON array', 400, batch('[]'), 'body'],
      ['deep JSON', 400, batch('['.repeat(100_000) + ']'.repeat(100_000)), 'body'],
      ['__proto__ in JSON', 400, batch('{"productIds":[],"__proto__":{"a":1}}'), 'body'],
      ['lone surrogate', 400, batch('{"productIds":[],"currency":"\\ud800"}'), 'currency'],
      ['wrong type of body', 415, batch('{}', { 'content-type': 'text/plain' })],
      ['no type of body', 415, ['/api/prices:batch', { method: 'POST', body: new Uint8Array([123, 125]) }]],
      ['charset that is not UTF-8', 415, batch('{}', { 'content-type': 'application/json; charset=latin1' })],
      ['unknown coding', 415, batch('{}', { ...json, 'content-encoding': 'compress' })],
      ['coding that is not so', 400, batch('{"productIds":[]}', { ...json, 'content-encoding': 'gzip' })],
      ['body too large', 413, batch(`{"productIds":["${'1'.repeat(300_000)}"]}`)],
      ['timeout that is no number', 400, ['/api/products', { headers: { 'x-request-timeout-ms': 'soon' } }]],
    ];
  test.each(cases)('%s: %i', async (_name, status, [path, init], field) => {
    const { url } = await startGateway();
    const answer = await problemOf(await fetch(url + path, init));
    expect(answer.status).toBe(status);
    if (status === 200) return;
    expect(answer.type).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toMatchObject({ status, title: expect.any(String), code: expect.any(String) });
    if (field) expect(answer.body.errors[0]?.field).toBe(field);
  });

  test('names of strangers do not come back at length', async () => {
    const { url } = await startGateway();
    const body = JSON.stringify({ productIds: [], ['x'.repeat(200_000)]: 1 });
    const answer = await fetch(`${url}/api/prices:batch`, { method: 'POST', body, headers: json });
    expect((await answer.text()).length).toBeLessThan(2_000);
  });
});

describe('methods', () => {
  test.each([
    ['PATCH', '/api/products', 'GET, HEAD, OPTIONS'],
    ['POST', '/api/products/5', 'GET, HEAD, OPTIONS'],
    ['GET', '/api/prices:batch', 'POST, OPTIONS'],
    ['DELETE', '/api/products/5/price', 'GET, HEAD, PUT, OPTIONS'],
    ['DELETE', '/api/reservations/x:confirm', 'POST, OPTIONS'],
    ['GET', '/api/reservations/x', 'DELETE, OPTIONS'],
  ])('%s %s is 405 and says what is possible', async (method, path, allow) => {
    const { url } = await startGateway();
    const answer = await problemOf(await fetch(url + path, { method }));
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
    expect(answer.type).toContain('application/problem+json');
    const options = await fetch(url + path, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, allow]);
  });
});

describe('sessions', () => {
  const reserve = (url: string, headers: Record<string, string>) =>
    fetch(`${url}/api/reservations`, {
      method: 'POST',
      headers: { ...json, 'idempotency-key': 'k', ...headers },
      body: '{"productId":"1","quantity":1}',
    });
  const setPrice = (url: string, headers: Record<string, string>) =>
    fetch(`${url}/api/products/1/price`, {
      method: 'PUT',
      headers: { ...json, ...headers },
      body: '{"price":1,"currency":"INR"}',
    });
  const cookie = async () => ({ cookie: `other=1; hotpath_session=${await signToken()}` });

  test('log in by the answer, and by the cookie that it sets', async () => {
    const { url } = await startGateway();
    const login = await fetch(`${url}/api/sessions`, {
      method: 'POST',
      headers: json,
      body: '{"email":"vip@demo.test","password":"hotpath"}',
    });
    const [set = ''] = login.headers.getSetCookie();
    expect(set).toMatch(
      /^hotpath_session=eyJ\S+; Expires=Sun, 17 Mar 2030 17:46:40 GMT; Path=\/api; HttpOnly; SameSite=Strict$/,
    );
    const { token } = (await login.json()) as { token: string };
    expect((await reserve(url, { authorization: `bearer ${token}` })).status).toBe(201);
    const priced = await fetch(`${url}/api/products/10/price`, {
      headers: { cookie: set.split(';')[0] ?? '' },
    });
    expect(await priced.json()).toMatchObject({ price: 9 });
  });

  test('off localhost the cookie is for TLS only', async () => {
    const { url } = await startGateway();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end('DELETE /api/sessions HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text).toContain('hotpath_session=; Max-Age=0; Path=/api; HttpOnly; SameSite=Strict; Secure');
  });

  test('without one, what needs one says how to get one', async () => {
    const { url } = await startGateway();
    const answer = await problemOf(await reserve(url, {}));
    expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="hotpath"');
  });

  const past = { exp: Math.floor(Date.now() / 1000) - 10 };
  const bad: [name: string, token: () => Promise<string>][] = [
    ['expired', () => signToken(past)],
    ['for another audience', () => signToken({ aud: 'other' })],
    ['of another issuer', () => signToken({ iss: 'other' })],
    ['signed by another key', () => signToken({}, {}, other.privateKey)],
    ['of an unknown key', () => signToken({}, { kid: 'unknown' }, other.privateKey)],
    ['for nobody', () => signToken({ sub: undefined })],
    ['for a user that is no number', () => signToken({ sub: 'x' })],
    ['without an end', () => signToken({ exp: undefined })],
    ['unsigned', async () => `${btoa('{"alg":"none"}')}.${btoa('{"sub":"7"}')}.`.replaceAll('=', '')],
    ['with a strange header', async () => `${btoa('{"alg":1,"kid":{}}').replaceAll('=', '')}.e30.AA`],
    ['garbage', async () => 'x'],
    ['of many parts', async () => 'a.b.c.d.e'],
  ];
  test.each(bad)(
    'a token %s is 401 everywhere; as a cookie it counts as none and is cleared',
    async (_name, token) => {
      const { url } = await startGateway();
      const value = await token();
      const authorization = `Bearer ${value}`;
      expect((await reserve(url, { authorization })).status).toBe(401);
      expect((await fetch(`${url}/api/products`, { headers: { authorization } })).status).toBe(401);
      const stale = { cookie: `hotpath_session=${value}` };
      const read = await fetch(`${url}/api/products/10/price`, { headers: stale });
      expect(await read.json()).toMatchObject({ price: 10 });
      expect(read.headers.getSetCookie()[0]).toContain('Max-Age=0');
      expect((await reserve(url, { ...stale, origin: url })).status).toBe(401);
    },
  );

  test.each(['', 'Bearer', 'Basic dXNlcjpwYXNz', 'Bearer a b'])(
    'Authorization "%s" is 401',
    async (authorization) => {
      const { url } = await startGateway();
      const answer = await fetch(`${url}/api/products`, { headers: { authorization } });
      expect(answer.status).toBe(401);
    },
  );

  test('a customer may not do what merchants do', async () => {
    const { url } = await startGateway();
    expect((await setPrice(url, await bearer('customer'))).status).toBe(403);
    expect((await setPrice(url, await bearer('merchant'))).status).toBe(200);
    expect((await setPrice(url, {})).status).toBe(401);
  });

  test.each([
    [undefined, 403],
    ['null', 403],
    ['http://evil.example', 403],
    ['own', 201],
  ])('a write by cookie from the origin %s is %i', async (origin, status) => {
    const { url } = await startGateway();
    const headers = { ...(await cookie()), ...(origin && { origin: origin === 'own' ? url : origin }) };
    expect((await reserve(url, headers)).status).toBe(status);
  });

  test('a write by token needs no origin, and a read by cookie none', async () => {
    const { url } = await startGateway();
    expect((await reserve(url, { ...(await bearer()), origin: 'http://evil.example' })).status).toBe(201);
    expect((await fetch(`${url}/api/products`, { headers: await cookie() })).status).toBe(200);
  });
});

describe('budgets', () => {
  test('a client may wait shorter, and its services learn of it', async () => {
    const budgets: number[] = [];
    const { url } = await startGateway({
      pricing: {
        async getPrice(_request, call) {
          budgets.push(call.remaining());
          await ended(call);
          throw call.cause;
        },
      },
    });
    const startedAt = performance.now();
    const headers = { 'x-request-timeout-ms': '150' };
    const answer = await problemOf(await fetch(`${url}/api/products/1/price`, { headers }));
    expect(answer).toMatchObject({ status: 504, body: { code: 'DEADLINE_EXCEEDED' } });
    expect(performance.now() - startedAt).toBeLessThan(400);
    expect(budgets[0]).toBeLessThan(150);
  });

  test('but neither under 100 ms nor longer than the route may take', async () => {
    const budgets: number[] = [];
    const { url } = await startGateway({
      pricing: {
        getPrice(request, call) {
          budgets.push(call.remaining());
          return { ...request, basePrice: 1, discountedPrice: 1, isOnSale: false, saleEndsAt: 0n };
        },
      },
    });
    for (const timeout of ['1', '999999']) {
      const headers = { 'x-request-timeout-ms': timeout };
      expect((await fetch(`${url}/api/products/1/price`, { headers })).status).toBe(200);
    }
    expect(budgets[0]).toBeGreaterThan(20);
    expect(budgets[1]).toBeLessThan(5_000);
  });

  test('when the client leaves, what is done for it ends', async () => {
    const started = Promise.withResolvers<AbortSignal>();
    const { url } = await startGateway({
      pricing: {
        async getPrice(_request, call) {
          started.resolve(call.signal);
          await ended(call);
          throw call.cause;
        },
      },
    });
    const leave = new AbortController();
    const answer = fetch(`${url}/api/products/1/price`, { signal: leave.signal });
    const signal = await started.promise;
    leave.abort();
    await expect(answer).rejects.toThrow();
    if (!signal.aborted) await once(signal, 'abort');
    expect(signal.reason).toMatchObject({ code: Code.CANCELLED });
  });
});
