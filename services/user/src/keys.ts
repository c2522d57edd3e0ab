import type { Queryable, StatementOptions } from '@hotpath/database';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';

/** JWS algorithm of all sessions (RFC 7518): ECDSA on P-256 with SHA-256. */
export const algorithm = 'ES256';

/** A key that signs sessions. */
export interface SigningKey {
  /** Its id in a token's header: RFC 7638 thumbprint of its public half. */
  readonly kid: string;
  readonly privateKey: Awaited<ReturnType<typeof importJWK>>;
}

/**
 * The newest signing key; made and stored where there is none yet. Two processes that start at once may store one
 * each. That does no harm: both are published, so both verify.
 */
export async function openSigningKey(db: Queryable): Promise<SigningKey> {
  const [newest] = await storedKeys(db);
  if (newest) return { kid: newest.kid, privateKey: await importJWK(newest.jwk, algorithm) };
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  await db.query('insert into signing_keys (kid, private_jwk) values ($1, $2::jsonb)', [
    kid,
    JSON.stringify(jwk),
  ]);
  return { kid, privateKey };
}

/** The JWK Set (RFC 7517) that verifies every session: public halves only, the newest key first. */
export async function publicKeys(db: Queryable, options?: StatementOptions): Promise<{ keys: JWK[] }> {
  const keys = await storedKeys(db, options);
  return {
    keys: keys.map(({ kid, jwk: { d: _private, ...half } }) => ({
      ...half,
      kid,
      alg: algorithm,
      use: 'sig',
    })),
  };
}

function storedKeys(db: Queryable, options?: StatementOptions): Promise<{ kid: string; jwk: JWK }[]> {
  return db.query(
    'select kid, private_jwk as jwk from signing_keys order by created_at desc, kid',
    [],
    options,
  );
}
