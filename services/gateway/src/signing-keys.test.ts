import { Code, unavailable } from '@hotpath/rpc';
import { exportJWK, generateKeyPair } from 'jose';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createVerifyToken } from './session.ts';
import { createSigningKeys } from './signing-keys.ts';
import { jwkSet, signToken } from './testing/index.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

/** A verifier, how often it asked for keys, and what it is told. */
function start(keys: string | Error = jwkSet) {
  const state = { asked: 0, keys };
  const getSigningKeys = async () => {
    state.asked++;
    if (state.keys instanceof Error) throw state.keys;
    return { jwkSet: state.keys };
  };
  return { state, verify: createVerifyToken(createSigningKeys({ getSigningKeys })) };
}

test('the keys are asked for once, however many ask at a time, and again when they are old', async () => {
  const { state, verify } = start();
  const token = await signToken();
  const sessions = await Promise.all([verify(token), verify(token), verify(token)]);
  expect(sessions.map((session) => session?.userId)).toEqual([7n, 7n, 7n]);
  await verify(token);
  expect(state.asked).toBe(1);
  vi.advanceTimersByTime(10 * 60_000);
  await verify(token);
  expect(state.asked).toBe(2);
});

test('an unknown key asks once more, at most every ten seconds', async () => {
  const { state, verify } = start();
  const next = await generateKeyPair('ES256', { extractable: true });
  const token = await signToken({}, { kid: 'next' }, next.privateKey);
  await verify(await signToken());
  expect(await verify(token)).toBeUndefined();
  expect(state.asked).toBe(1);
  vi.advanceTimersByTime(10_000);
  state.keys = JSON.stringify({
    keys: [{ ...(await exportJWK(next.publicKey)), kid: 'next', alg: 'ES256' }],
  });
  expect(await verify(token)).toMatchObject({ userId: 7n });
  expect(await verify(await signToken({}, { kid: 'other' }, next.privateKey))).toBeUndefined();
  expect(state.asked).toBe(2);
});

test('where the keys cannot be had, nobody is said to be wrong; later they are asked for again', async () => {
  const { state, verify } = start(unavailable('user is away'));
  const token = await signToken();
  await expect(verify(token)).rejects.toMatchObject({ code: Code.UNAVAILABLE });
  state.keys = jwkSet;
  expect(await verify(token)).toMatchObject({ userId: 7n });
});

test('a role that nobody knows is a customer', async () => {
  const { verify } = start();
  expect((await verify(await signToken({ role: 'admin' })))?.role).toBe('customer');
  expect((await verify(await signToken({ role: 'merchant' })))?.role).toBe('merchant');
});
