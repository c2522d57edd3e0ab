import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { unauthorized } from './problem.ts';

/** Who asks, as a verified session says. */
export type Session = {
  readonly userId: bigint;
  readonly role: 'customer' | 'merchant';
  /** When it ends, Unix ms. */
  readonly expiresAt: number;
  /** How it came. Browsers send cookies unasked, so writes by cookie must prove where they come from. */
  readonly by: 'bearer' | 'cookie';
};

/** The cookie a browser's session is in. */
export const sessionCookie = 'hotpath_session';

/** Checks a token. Throws RpcError where the keys to check it cannot be had. @returns undefined: it is not good. */
export type VerifyToken = (token: string) => Promise<Omit<Session, 'by'> | undefined>;

const id = /^[1-9][0-9]{0,18}$/;

/** Checks tokens as user signs them: JWT (RFC 7519) by ES256, for this shop, not expired. */
export function createVerifyToken(keys: JWTVerifyGetKey): VerifyToken {
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['ES256'],
        issuer: 'hotpath-user',
        audience: 'hotpath',
        requiredClaims: ['sub', 'exp'],
      });
      if (!id.test(payload.sub ?? '')) return undefined;
      return {
        userId: BigInt(payload.sub as string),
        role: payload.role === 'merchant' ? 'merchant' : 'customer',
        expiresAt: (payload.exp as number) * 1000,
      };
    } catch (error) {
      // Whatever else is thrown is no fault of the token.
      if (!(error instanceof errors.JOSEError)) throw error;
      return undefined;
    }
  };
}

/** What a request says of its session. */
export type Identity =
  | { readonly session: Session | undefined; readonly staleCookie?: undefined }
  /** It has a cookie whose session is over or was never one: to be cleared. */
  | { readonly session: undefined; readonly staleCookie: true };

/**
 * The session of a request: of its Authorization header (RFC 6750), else of its cookie.
 * Throws 401 for an Authorization header that is not good; a cookie that is not counts as none.
 */
export async function identify(request: IncomingMessage, verify: VerifyToken): Promise<Identity> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^bearer +(\S+)$/i.exec(authorization)?.[1];
    const session = token && (await verify(token));
    if (!session)
      throw unauthorized('Authorization: this is no valid bearer token; log in again by POST /api/sessions');
    return { session: { ...session, by: 'bearer' } };
  }
  const cookie = readCookie(request.headers.cookie, sessionCookie);
  if (cookie === undefined) return { session: undefined };
  const session = await verify(cookie);
  return session ? { session: { ...session, by: 'cookie' } } : { session: undefined, staleCookie: true };
}

/** The value of a cookie in a Cookie header (RFC 6265, section 4.2). */
function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** Gives a browser its session's cookie. Secure except on localhost, which has no TLS. */
export function setSessionCookie(
  response: ServerResponse,
  host: string,
  token: string,
  expiresAt: number,
): void {
  appendCookie(response, host, `${token}; Expires=${new Date(expiresAt).toUTCString()}`);
}

/** Takes the session's cookie from a browser. */
export function clearSessionCookie(response: ServerResponse, host: string): void {
  appendCookie(response, host, '; Max-Age=0');
}

function appendCookie(response: ServerResponse, host: string, value: string): void {
  const local = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
  const secure = local ? '' : '; Secure';
  response.appendHeader(
    'Set-Cookie',
    `${sessionCookie}=${value}; Path=/api; HttpOnly; SameSite=Strict${secure}`,
  );
}
