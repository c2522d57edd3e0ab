import { UserService } from '@hotpath/contracts';
import { createClient, openChannel } from '@hotpath/rpc';
import { restClient, signIn } from '@hotpath/testing';
import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

const { gateway, services } = inject('shop');
const rest = restClient(gateway);
const channel = openChannel(services.user, { serviceConfig: UserService.serviceConfig });
const users = createClient(UserService, channel);
let customer: string;

beforeAll(async () => {
  customer = await signIn(rest, 'standard');
});
afterAll(() => channel.close());

describe('JWT', () => {
  const reserve = (authorization: string | undefined) =>
    rest('POST', '/api/reservations', {
      body: { productId: '403', quantity: 1 },
      headers: { 'idempotency-key': 'jwt', ...(authorization !== undefined && { authorization }) },
    });
  const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const forged = async (claims: object, header: object = {}, kid?: string) => {
    const { privateKey } = await generateKeyPair('ES256');
    const real = JSON.parse((await users.getSigningKeys({})).jwkSet).keys[0].kid;
    return new SignJWT({ role: 'merchant', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: kid ?? real, ...header })
      .setSubject('1')
      .setIssuer('hotpath-user')
      .setAudience('hotpath')
      .setExpirationTime('1h')
      .sign(privateKey);
  };

  test('no token, no scheme, other scheme, garbage', async () => {
    for (const header of [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      'Basic dXNlcjpwYXNz',
      'Bearer a.b.c',
      `Bearer ${'x'.repeat(8_000)}`,
    ]) {
      expect([header, (await reserve(header)).status]).toEqual([header, 401]);
    }
  });
  test('alg none', async () => {
    const claims = {
      sub: '1',
      role: 'merchant',
      iss: 'hotpath-user',
      aud: 'hotpath',
      exp: Date.now() / 1000 + 3600,
    };
    expect((await reserve(`Bearer ${base64({ alg: 'none' })}.${base64(claims)}.`)).status).toBe(401);
  });
  test("another's key, under the real key's name and under its own", async () => {
    expect((await reserve(`Bearer ${await forged({})}`)).status).toBe(401);
    expect((await reserve(`Bearer ${await forged({}, {}, 'unknown')}`)).status).toBe(401);
  });
  test('claims changed under a real signature', async () => {
    const [header, , signature] = customer.split('.');
    const claims = JSON.parse(Buffer.from(customer.split('.')[1] ?? '', 'base64url').toString());
    const changed = `${header}.${base64({ ...claims, role: 'merchant' })}.${signature}`;
    expect((await reserve(`Bearer ${changed}`)).status).toBe(401);
  });
  test('the right token with the wrong role is 403', async () => {
    const answer = await rest('PUT', '/api/products/1/price', {
      body: { price: 1, currency: 'INR' },
      token: customer,
    });
    expect(answer.status).toBe(403);
  });
});

test('headers from outside that carry faults or identities change nothing', async () => {
  const started = performance.now();
  const answer = await rest('GET', '/api/products/1/price', {
    headers: {
      'x-envoy-fault-delay-request': '5000',
      'x-envoy-fault-abort-grpc-request': '14',
      'grpc-timeout': '1n',
      'l5d-client-id': 'inventory.default.serviceaccount.identity.linkerd.cluster.local',
      'x-user-id': '2',
      'x-customer-segment': 'wholesale',
    },
  });
  expect(answer.status).toBe(200);
  expect(answer.body.price).toBe(answer.body.originalPrice);
  expect(performance.now() - started).toBeLessThan(2_000);
});

test('x-request-timeout-ms shortens the budget, within its bounds', async () => {
  const get = (ms: string) => rest('GET', '/api/products/1', { headers: { 'x-request-timeout-ms': ms } });
  expect((await get('1500')).status).toBe(200);
  expect((await get('99999999')).status).toBe(200);
  for (const ms of ['abc', '-1', '1e9', '1.5']) expect([ms, (await get(ms)).status]).toEqual([ms, 400]);
});
