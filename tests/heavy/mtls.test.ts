import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ChannelCredentials, credentials, status } from '@grpc/grpc-js';
import { articleClient, outcomeOf, type RunningShop, restClient, startShop } from '@hotpath/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

const proto = fileURLToPath(new URL('../contract/article/pricing.proto', import.meta.url));
let shop: RunningShop;

beforeAll(async () => {
  shop = await startShop({}, '--mtls');
}, 60_000);
afterAll(() => shop?.stop());

/** The credentials of one of the shop's processes, for a client that looks at host names. */
function as(name: string): ChannelCredentials {
  const read = (file: string) => readFileSync(join(shop.data, 'certs', name, file));
  return credentials.createSsl(read('ca.crt'), read('tls.key'), read('tls.crt'));
}

/** The status code of a GetPrice at pricing. */
function getPrice(by: ChannelCredentials): Promise<number> {
  const client = articleClient(proto, shop.services.pricing.replace('127.0.0.1', 'localhost'), by);
  return new Promise((resolve) => {
    client.GetPrice({ product_id: '1' }, { deadline: Date.now() + 5_000 }, (error) => {
      client.close();
      resolve(error?.code ?? status.OK);
    });
  });
}

test('a page comes over three services that prove to each other who they are', async () => {
  const { status: code, body } = await restClient(shop.gateway)('GET', '/api/products?pageSize=20');
  expect(code).toBe(200);
  expect(body.items).toHaveLength(20);
  for (const { price } of body.items) expect(price).toBeGreaterThan(0);
});

test('pricing lets in whom the call graph names, and nobody else', async () => {
  expect(await getPrice(as('gateway'))).toBe(status.OK);
  expect(await getPrice(as('inventory'))).toBe(status.OK);
  expect(await getPrice(as('user'))).toBe(status.PERMISSION_DENIED);
  expect(await getPrice(as('tools'))).toBe(status.PERMISSION_DENIED);
  const ca = readFileSync(join(shop.data, 'certs/ca/ca.crt'));
  expect(await getPrice(credentials.createSsl(ca))).toBe(status.UNAUTHENTICATED);
  expect(await getPrice(credentials.createInsecure())).toBe(status.UNAVAILABLE);
});

test.each(['', 'insecure'])('in production TRANSPORT_SECURITY=%s refuses to start', async (setting) => {
  const { code, output } = await outcomeOf(process.execPath, ['services/user/src/main.ts'], {
    ...process.env,
    NODE_ENV: 'production',
    TRANSPORT_SECURITY: setting,
    HOTPATH_DATA: shop.data,
  });
  expect(code).toBe(1);
  expect(output).toMatch(/^user: TRANSPORT_SECURITY is .* NODE_ENV is production.*: set mtls .*\n$/);
});
