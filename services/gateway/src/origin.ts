import type { IncomingMessage } from 'node:http';
import { forbidden } from './problem.ts';
import type { Session } from './session.ts';

/**
 * Refuses (403) what another site's page may have sent with this browser's cookie: an Origin that is not the own
 * one, or none at all where the session came by cookie. A bearer token proves itself and needs no Origin.
 * @param own this server's origin as the browser sees it, such as "https://shop.example"
 */
export function checkOrigin(request: IncomingMessage, own: string, session: Session | undefined): void {
  if (session?.by === 'bearer') return;
  const { origin } = request.headers;
  if (origin === undefined && session === undefined) return;
  if (origin === own) return;
  throw forbidden(
    origin === undefined
      ? 'requests that change something by a session cookie need an Origin header; or send Authorization: Bearer'
      : `Origin: must be ${own}. Behind a proxy that ends TLS, set TRUST_PROXY.`,
  );
}
