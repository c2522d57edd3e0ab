import { demoPassword, users } from '@hotpath/demo';
import { Code } from '@hotpath/rpc';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { seed } from './seed.ts';
import { openTestDatabase, startUserService } from './testing.ts';

const db = await openTestDatabase();
await seed(db);
const client = await startUserService(db);

test('GetUser returns a user and nothing of the password', async () => {
  const { user } = await client.getUser({ userId: 2n });
  expect(user).toEqual({
    userId: 2n,
    email: 'vip@demo.test',
    name: 'Vikram Vip',
    segment: 'vip',
    role: 'customer',
  });
});

test('GetUser: unknown is NOT_FOUND, an impossible id INVALID_ARGUMENT', async () => {
  for (const userId of [1001n, 2n ** 53n + 1n, 2n ** 63n - 1n]) {
    await expect(client.getUser({ userId })).rejects.toMatchObject({ code: Code.NOT_FOUND });
  }
  for (const userId of [0n, -1n]) {
    await expect(client.getUser({ userId })).rejects.toMatchObject({
      code: Code.INVALID_ARGUMENT,
      message: expect.stringContaining('user_id'),
    });
  }
});

test('GetSegment: own segment for users, standard for nobody and strangers', async () => {
  const segmentOf = async (userId: bigint) => (await client.getSegment({ userId })).segment;
  expect(await segmentOf(2n)).toBe('vip');
  expect(await segmentOf(3n)).toBe('wholesale');
  expect(await segmentOf(0n)).toBe('standard');
  expect(await segmentOf(2n ** 63n - 1n)).toBe('standard');
  await expect(segmentOf(-1n)).rejects.toMatchObject({ code: Code.INVALID_ARGUMENT });
});

test('CreateSession signs a token that GetSigningKeys verifies', async () => {
  const { token, expiresAtMs, user } = await client.createSession({
    email: 'Merchant@Demo.test',
    password: demoPassword,
  });
  const { jwkSet } = await client.getSigningKeys({});
  const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(JSON.parse(jwkSet)), {
    algorithms: ['ES256'],
    issuer: 'hotpath-user',
    audience: 'hotpath',
  });
  expect(user).toMatchObject({ userId: 4n, role: 'merchant' });
  expect(payload).toMatchObject({ sub: '4', role: 'merchant', jti: expect.any(String) });
  expect(protectedHeader.kid).toBe(JSON.parse(jwkSet).keys[0].kid);
  expect(BigInt(payload.exp as number) * 1000n).toBe(expiresAtMs);
  expect((payload.exp as number) - (payload.iat as number)).toBe(3600);
});

test('two sessions of one user are two tokens of one key', async () => {
  const signIn = () => client.createSession({ email: 'vip@demo.test', password: demoPassword });
  const [first, second] = await Promise.all([signIn(), signIn()]);
  expect(first.token).not.toBe(second.token);
  expect(decodeProtectedHeader(first.token)).toEqual(decodeProtectedHeader(second.token));
});

test('CreateSession answers alike for a wrong password, a stranger and a user without a password', async () => {
  const shopper = users()[500]?.email ?? '';
  const attempts = [
    { email: 'vip@demo.test', password: 'wrong' },
    { email: 'nobody@demo.test', password: demoPassword },
    { email: shopper, password: demoPassword },
    { email: "' or 1=1 --", password: demoPassword },
  ];
  const answers = await Promise.all(
    attempts.map((attempt) => client.createSession(attempt).catch((error) => error)),
  );
  for (const answer of answers) {
    expect(answer).toMatchObject({
      code: Code.UNAUTHENTICATED,
      message: 'the e-mail address and the password do not fit',
    });
  }
});

test('CreateSession bounds its strings', async () => {
  const password = demoPassword;
  const email = 'vip@demo.test';
  for (const [field, request] of [
    ['email', { email: '', password }],
    ['email', { email: `${'x'.repeat(255)}`, password }],
    ['email', { email: 'vip\0@demo.test', password }],
    ['password', { email, password: '' }],
    ['password', { email, password: 'x'.repeat(257) }],
  ] as const) {
    await expect(client.createSession(request)).rejects.toMatchObject({
      code: Code.INVALID_ARGUMENT,
      message: expect.stringContaining(field),
    });
  }
});

test('GetSigningKeys shows public halves only', async () => {
  const { keys } = JSON.parse((await client.getSigningKeys({})).jwkSet);
  expect(keys).toHaveLength(1);
  expect(Object.keys(keys[0]).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
});

test('seeds only where there is nobody yet', async () => {
  expect(await seed(db)).toBe(0);
  const [row] = await db.query<{ users: bigint }>('select count(*) as users from users');
  expect(row?.users).toBe(1000n);
});
