import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import { openSigningKey, publicKeys } from './keys.ts';
import { openTestDatabase } from './testing.ts';

const db = await openTestDatabase();

test('the first start makes the key and later ones find it', async () => {
  const first = await openSigningKey(db);
  const second = await openSigningKey(db);
  expect(second.kid).toBe(first.kid);
  const { keys } = await publicKeys(db);
  expect(keys).toHaveLength(1);
  expect(await calculateJwkThumbprint(keys[0] ?? {})).toBe(first.kid);
});

test('the newest key signs and comes first; the older one still verifies', async () => {
  const older = await openSigningKey(db);
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  await db.query(
    "insert into signing_keys (kid, private_jwk, created_at) values ('newer', $1::jsonb, now() + interval '1 second')",
    [JSON.stringify(await exportJWK(privateKey))],
  );
  expect((await openSigningKey(db)).kid).toBe('newer');
  expect((await publicKeys(db)).keys.map(({ kid }) => kid)).toEqual(['newer', older.kid]);
});
