import { randomUUID } from 'node:crypto';
import type { User } from '@hotpath/contracts';
import { SignJWT } from 'jose';
import { algorithm, type SigningKey } from './keys.ts';

/** A signed session. */
export interface Session {
  /** JWT (RFC 7519). */
  readonly token: string;
  /** When it ends, in Unix milliseconds; whole seconds, as JWT's `exp` has it. */
  readonly expiresAtMs: bigint;
}

/** Signs a session for a user that lasts `ttlSeconds`. Whoever shows the token is that user until then. */
export async function signSession(key: SigningKey, user: User, ttlSeconds: number): Promise<Session> {
  const issuedAt = Math.floor(Date.now() / 1000);
  const expiresAt = issuedAt + ttlSeconds;
  const token = await new SignJWT({ role: user.role })
    .setProtectedHeader({ alg: algorithm, kid: key.kid, typ: 'JWT' })
    .setIssuer('hotpath-user')
    .setAudience('hotpath')
    .setSubject(user.userId.toString())
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(key.privateKey);
  return { token, expiresAtMs: BigInt(expiresAt) * 1000n };
}
