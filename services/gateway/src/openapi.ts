import { z } from 'zod';
import { problemType } from './problem.ts';
import type { Access, Route } from './route.ts';
import { ProblemDetails } from './schemas/problem.ts';
import { sessionCookie } from './session.ts';

type Json = { [key: string]: unknown };

const about = `
The shop's REST API. Amounts are numbers in units of their currency, ids are decimal strings, times are RFC 3339.
Problems are \`application/problem+json\` (RFC 9457). Each request may say by \`x-request-timeout-ms\` how long it will
wait, from 100, if that is shorter than the server would work; then the answer is 504.

Not shown below: the WebSocket \`/api/cart\` quotes a cart as it changes. It takes
\`{"type":"set","productId":"1","quantity":2}\` and \`{"type":"currency","currency":"EUR"}\`, and sends
\`{"type":"quote","lines":[…],"total":25,"currency":"EUR"}\` or \`{"type":"error","problem":{…}}\`.
`.trim();

/** Describes routes as OpenAPI 3.1. Source: https://spec.openapis.org/oas/v3.1.1.html */
export function describeRoutes(routes: readonly Route[]): Json {
  const paths: { [path: string]: Json } = {};
  for (const route of routes) {
    paths[route.path] ??= {};
    (paths[route.path] as Json)[route.method] = operation(route);
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Hotpath shop', version: '1', description: about },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: namedSchemas(),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        cookie: { type: 'apiKey', in: 'cookie', name: sessionCookie },
      },
    },
  };
}

function operation(route: Route): Json {
  const { method, path, tag, summary, description, access } = route;
  return {
    operationId: `${method}${path.replace(/\W+(\w?)/g, (_, next: string) => next.toUpperCase())}`,
    tags: [tag],
    summary,
    ...(description && { description }),
    security: securityOf(access),
    parameters: [
      ...parameters('path', route.params),
      ...parameters('query', route.query),
      ...parameters('header', route.headers),
    ],
    ...bodyOf(route),
    responses: { ...answerOf(route), ...problemsOf(route) },
  };
}

/** A session is optional where anybody may ask: it brings its user's prices. */
function securityOf(access: Access): Json[] {
  if (access === 'anonymous') return [];
  const session = [{ bearer: [] }, { cookie: [] }];
  return access === 'public' ? [{}, ...session] : session;
}

function parameters(place: 'path' | 'query' | 'header', schema: z.ZodObject | undefined): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = toJson(schema);
  return Object.entries(properties as Record<string, Json>).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: (required as string[]).includes(name),
    ...(description !== undefined && { description }),
    schema: rest,
  }));
}

function bodyOf({ body, lines }: Route): Json {
  if (body)
    return { requestBody: { required: true, content: { 'application/json': { schema: toRef(body) } } } };
  if (!lines) return {};
  const content = Object.entries(lines).map(([type, example]) => [
    type,
    { schema: { type: 'string' }, example },
  ]);
  return { requestBody: { required: true, content: Object.fromEntries(content) } };
}

function answerOf({ answer }: Route): Json {
  const { status, description } = answer;
  if ('events' in answer) {
    // OpenAPI 3.1 has no words for the shape of events in a stream; 3.2 calls it itemSchema.
    const content = {
      'text/event-stream': { schema: { type: 'string' }, 'x-event-data': toRef(answer.events) },
    };
    return { [status]: { description, content } };
  }
  if (!('schema' in answer)) return { [status]: { description } };
  return { [status]: { description, content: { 'application/json': { schema: toRef(answer.schema) } } } };
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Something in the request is wrong, or the state of things does not allow it: see `errors` or `detail`.',
  401: 'No session, or one that is not valid.',
  403: 'Not for this user, or a write by cookie from another origin.',
  404: 'There is no such thing.',
  409: 'The Idempotency-Key was used for something else, or another write came first.',
  413: 'The body is too large.',
  415: 'The body has a media type or a coding that is not understood.',
  429: 'Too many requests from this client: see Retry-After.',
  500: 'A fault of the server. The log has the id that `detail` gives.',
  501: 'A service behind does not know this call yet, as in the middle of an update.',
  503: 'A service behind is not available or has too much to do: see Retry-After.',
  504: 'The answer took longer than it may.',
};

const retryAfter = {
  'Retry-After': { description: 'When to try again, in seconds.', schema: { type: 'integer', minimum: 1 } },
};

/** Every problem a route can answer with. */
function problemsOf({ access, method, body, lines, problems = [] }: Route): Json {
  const statuses = [400, 429, 500, 501, 503, 504, ...problems];
  if (access !== 'anonymous') statuses.push(401);
  if (access === 'merchant' || (access !== 'anonymous' && method !== 'get')) statuses.push(403);
  if (body || lines) statuses.push(413, 415);
  const content = { [problemType]: { schema: toRef(ProblemDetails) } };
  const answer = (status: number) => ({
    description: reasons[status],
    ...((status === 429 || status === 503) && { headers: retryAfter }),
    content,
  });
  return Object.fromEntries(statuses.map((status) => [status, answer(status)]));
}

/** A reference to a schema that has a name. */
function toRef(schema: z.ZodType): Json {
  const id = schema.meta()?.id;
  return id === undefined ? toJson(schema) : { $ref: `#/components/schemas/${id}` };
}

function toJson(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input' });
  return json;
}

/** All schemas that have a name, by it. */
function namedSchemas(): Json {
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema]),
  );
}
