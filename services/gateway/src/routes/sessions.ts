import { Code, RpcError } from '@hotpath/rpc';
import { unauthorized } from '../problem.ts';
import { route } from '../route.ts';
import { Credentials, SessionToken } from '../schemas/session.ts';
import type { Services } from '../services.ts';
import { clearSessionCookie, setSessionCookie } from '../session.ts';
import { timeOfMs } from '../views.ts';

/** Logging in and out. */
export const sessionRoutes = ({ users }: Services) => [
  route({
    method: 'post',
    path: '/api/sessions',
    tag: 'sessions',
    summary: 'Log in',
    description:
      'Answers with a token and sets it as a cookie too, for event streams and WebSockets of browsers.',
    access: 'anonymous',
    body: Credentials,
    answer: { status: 201, description: 'The session.', schema: SessionToken },
    problems: [401],
    async handler({ body, request, response }) {
      const { token, expiresAtMs } = await users.createSession(body).catch((error) => {
        if (!(error instanceof RpcError) || error.code !== Code.UNAUTHENTICATED) throw error;
        throw unauthorized('the e-mail address and the password do not fit');
      });
      setSessionCookie(response, request.host, token, Number(expiresAtMs));
      return { token, expiresAt: timeOfMs(expiresAtMs) };
    },
  }),

  route({
    method: 'delete',
    path: '/api/sessions',
    tag: 'sessions',
    summary: 'Log out a browser',
    description: 'Clears the cookie. Tokens stay good until they expire.',
    access: 'anonymous',
    answer: { status: 204, description: 'The cookie is cleared.' },
    async handler({ request, response }) {
      clearSessionCookie(response, request.host);
      return undefined;
    },
  }),
];
