import { callGraph } from '@hotpath/contracts';
import { budgetAttributes, withBudget } from '@hotpath/rpc';
import { requestTrace } from '@hotpath/telemetry';
import { type Express, json, type Request, type Response } from 'express';
import { limitBodyTime } from './body-time.ts';
import { checkOrigin } from './origin.ts';
import { badRequest, forbidden, Problem, unauthorized } from './problem.ts';
import { readQuery, readTimeout, validate } from './request-parts.ts';
import { type Access, nameOf, type Route, type RouteInput, type Takeover } from './route.ts';
import { clearSessionCookie, identify, type VerifyToken } from './session.ts';

/** Registers routes with Express, the more specific paths first, and 405 for their paths' other methods. */
export function mountRoutes(app: Express, routes: readonly Route[], verify: VerifyToken): void {
  for (const [path, group] of Map.groupBy(routes, (route) => toExpressPath(route.path))) {
    for (const route of group) app[route.method](path, handle(route, verify));
    app.all(path, refuseMethod(group));
  }
}

/** `/api/reservations/{reservationId}:confirm` as Express 5 writes it: a literal colon is escaped. */
export function toExpressPath(path: string): string {
  return path.replaceAll(':', '\\:').replace(/\{(\w+)\}/g, ':$1');
}

/** The origin that a browser which sent this request sees. */
export const ownOrigin = (request: Request) => `${request.protocol}://${request.host}`;

/** How long a route may take that calls nobody and so is not in the call graph, ms. */
const withoutCallsMs = 1_000;

/**
 * Runs a route: who asks, what is asked, the handler, the answer. The budget counts all but the time that the
 * client takes to send its body.
 */
function handle(route: Route, verify: VerifyToken) {
  const path = nameOf(route);
  const routeMs = callGraph[path]?.budgetMs ?? withoutCallsMs;
  return async (request: Request, response: Response) => {
    limitBodyTime(request, route.lines ? 'lines' : 'whole');
    const signal = abortedByLeaving(response);
    const budgetMs = Math.min(routeMs, readTimeout(request));
    const startedAt = performance.now();
    const trace = requestTrace(request);
    trace?.note({ 'http.route': route.path });
    const session = await withBudget({ path, budgetMs, signal, trace }, () =>
      authorise(request, response, route.access, verify),
    );
    const leftMs = budgetMs - (performance.now() - startedAt);
    if (session?.by === 'cookie' && route.method !== 'get') checkOrigin(request, ownOrigin(request), session);
    const input = {
      params: validate(route.params, request.params),
      query: validate(route.query, readQuery(request)),
      headers: validate(route.headers, request.headers),
      body: await readBody(route, request, response),
      session,
      request,
      response,
    };
    const result: unknown = await withBudget({ path, budgetMs: leftMs, signal, trace }, (call) => {
      if (trace) call.onSettled(() => trace.note(budgetAttributes(budgetMs, call.remaining())));
      return route.handler({ ...input, call } as RouteInput<never, never, never, never, never>);
    });
    if ('events' in route.answer) {
      (result as Takeover)(response);
      trace?.answered(route.path, response.statusCode);
    } else if ('schema' in route.answer) response.status(route.answer.status).json(result);
    else response.status(route.answer.status).end();
  };
}

async function authorise(request: Request, response: Response, access: Access, verify: VerifyToken) {
  if (access === 'anonymous') return undefined;
  const { session, staleCookie } = await identify(request, verify);
  if (staleCookie) clearSessionCookie(response, request.host);
  if (access !== 'public' && !session) {
    throw unauthorized('this needs a session: log in by POST /api/sessions and send Authorization: Bearer');
  }
  if (access === 'merchant' && session?.role !== 'merchant') throw forbidden('only merchants may do this');
  return session;
}

const readJson = json({ limit: '256kb', strict: false, type: () => true });

/** The checked JSON body. Leaves a body of lines in the request, for the handler to read as it comes. */
async function readBody(route: Route, request: Request, response: Response): Promise<unknown> {
  const types = route.lines ? Object.keys(route.lines) : ['application/json'];
  if (!route.body && !route.lines) return undefined;
  if (request.is(types) === false) {
    throw new Problem(415, 'UNSUPPORTED_MEDIA_TYPE', {
      detail: `Content-Type: must be ${types.join(' or ')}`,
      headers: { 'Accept-Post': types.join(', ') },
    });
  }
  if (request.is(types) === null)
    throw badRequest([{ field: 'body', message: `is missing: send ${types.join(' or ')}` }]);
  if (!route.body) return undefined;
  await new Promise<void>((resolve, reject) =>
    readJson(request, response, (error?: unknown) => (error ? reject(error) : resolve())),
  );
  return validate(route.body, request.body, 'body');
}

/** Aborts when the client leaves before it has its whole answer. */
export function abortedByLeaving(response: Response): AbortSignal {
  const leaving = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) leaving.abort();
  });
  if (response.destroyed) leaving.abort();
  return leaving.signal;
}

/** Answers the methods a path does not have: 405 (RFC 9110, section 15.5.6), and OPTIONS with those it has. */
function refuseMethod(group: readonly Route[]) {
  const methods = group.flatMap(({ method }) =>
    method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
  );
  const allow = [...methods, 'OPTIONS'].join(', ');
  return (request: Request, response: Response) => {
    if (request.method === 'OPTIONS') return void response.status(204).set('Allow', allow).end();
    throw new Problem(405, 'METHOD_NOT_ALLOWED', {
      detail: `${request.method} is not possible here; these are: ${allow}`,
      headers: { Allow: allow },
    });
  };
}
