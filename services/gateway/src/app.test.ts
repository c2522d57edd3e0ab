import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { stripInternalHeaders } from './security.ts';
import { startGateway } from './testing/index.ts';

/** Sends raw bytes and reads the whole answer. */
async function raw(url: string, ...parts: string[]): Promise<string> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  for (const part of parts) socket.write(part);
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

describe('limits', () => {
  test('requests per client and minute', async () => {
    const { url } = await startGateway({}, { RATE_LIMIT_PER_MINUTE: 2 });
    const ask = () => fetch(`${url}/api/products`);
    expect((await ask()).headers.get('ratelimit')).toBe('"requests"; r=1; t=60');
    await ask();
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED', retryAfter: expect.any(Number) });
  });

  test('logins, which guess passwords, apart', async () => {
    const { url } = await startGateway({}, { LOGIN_LIMIT_PER_MINUTE: 1 });
    const login = () => fetch(`${url}/api/sessions`, { method: 'POST' });
    expect([(await login()).status, (await login()).status]).toEqual([415, 429]);
    expect((await fetch(`${url}/api/products`)).status).toBe(200);
  });

  test.each([
    [undefined, 429],
    [1, 200],
    [['10.0.0.0/8'], 429],
    [['loopback'], 200],
  ])(
    'behind a proxy a client is told apart only where TRUST_PROXY says so: %j',
    async (TRUST_PROXY, status) => {
      const { url } = await startGateway({}, { TRUST_PROXY, RATE_LIMIT_PER_MINUTE: 1 });
      const from = (address: string) =>
        fetch(`${url}/api/products`, { headers: { 'x-forwarded-for': address } });
      expect((await from('203.0.113.1')).status).toBe(200);
      expect((await from('203.0.113.2')).status).toBe(status);
    },
  );
});

describe('headers', () => {
  test('of every answer', async () => {
    const { url } = await startGateway();
    for (const path of ['/api/products', '/api/nothing', '/openapi.json']) {
      const { headers } = await fetch(url + path);
      expect(headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('access-control-allow-origin')).toBeNull();
      if (path.startsWith('/api')) expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  test('that only the inside may set are taken out', () => {
    const headers = {
      'l5d-client-id': 'x',
      'l5d-dst-override': 'x',
      'grpc-timeout': '1S',
      'x-envoy-fault-delay-request': '1000',
      accept: '*/*',
      'x-request-timeout-ms': '500',
    };
    stripInternalHeaders({ headers } as never, undefined as never, () => {});
    expect(Object.keys(headers)).toEqual(['accept', 'x-request-timeout-ms']);
  });
});

describe('what is no HTTP', () => {
  test.each([
    ['garbage', 'hello\r\n\r\n', 400],
    ['headers of 20 KB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'two lengths',
      'POST /api/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
    ],
  ])('%s is a problem', async (_name, bytes, status) => {
    const { url } = await startGateway();
    const answer = await raw(url, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('application/problem+json');
  });

  test('HTTP/2 on offer is answered by HTTP/1.1', async () => {
    const { url } = await startGateway();
    const head =
      'GET /api/products HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n';
    expect(await raw(url, `${head}HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /);
  });
});

test('a server that closes finishes what it has begun and takes nothing more', async () => {
  const begun = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const { url, close } = await startGateway({
    inventory: {
      async listProducts() {
        begun.resolve();
        await finish.promise;
        return { products: [], nextPageToken: '' };
      },
    },
  });
  const answer = fetch(`${url}/api/products`);
  await begun.promise;
  const closed = close();
  const { port } = new URL(url);
  const [error] = await once(connect(Number(port), '127.0.0.1'), 'error');
  expect(error.code).toBe('ECONNREFUSED');
  finish.resolve();
  expect((await answer).status).toBe(200);
  await closed;
});
