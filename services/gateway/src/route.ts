import type { Call } from '@hotpath/rpc';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Session } from './session.ts';

/**
 * Who may: anybody, whoever has a session, or only merchants. With 'anonymous' anybody may too, and who asks is not
 * even looked at.
 */
export type Access = 'anonymous' | 'public' | 'user' | 'merchant';

/** What a handler gets, checked by the route's schemas; unknown where it has none. */
export type RouteInput<A extends Access, Params, Query, Headers, Body> = {
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
  /** Who asks. A visitor has no session. */
  readonly session: A extends 'anonymous' ? undefined : A extends 'public' ? Session | undefined : Session;
  /** The budget it runs in: calls to services inherit it. */
  readonly call: Call;
  readonly request: Request;
  readonly response: Response;
};

/** What a route answers when all goes well. */
export type Answer =
  /** JSON. */
  | { readonly status: 200 | 201; readonly description: string; readonly schema: z.ZodType }
  /** Nothing. */
  | { readonly status: 204; readonly description: string }
  /** Server-sent events, with the schema's JSON as data. */
  | { readonly status: 200; readonly description: string; readonly events: z.ZodType };

/** Takes the response over, to stream events to it. */
export type Takeover = (response: Response) => void;

type ResultOf<R extends Answer> = R extends { readonly schema: infer S extends z.ZodType }
  ? z.output<S>
  : R extends { readonly events: z.ZodType }
    ? Takeover
    : undefined;

type Handler<A extends Access, R extends Answer, P, Q, H, B> = (
  input: RouteInput<A, P, Q, H, B>,
) => Promise<ResultOf<R>>;

/** What a route says of itself. */
type Description = {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** As OpenAPI writes it: `/api/products/{id}/price`. */
  readonly path: string;
  /** The group it is listed in. */
  readonly tag: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /** What else its users should know. */
  readonly description?: string;
  readonly access: Access;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** By lower-case names. */
  readonly headers?: z.ZodObject;
  /** Of the JSON body. */
  readonly body?: z.ZodType;
  /** Instead of a JSON body: media types whose lines the handler reads from the request, each with an example. */
  readonly lines?: Readonly<Record<string, string>>;
  readonly answer: Answer;
  /** Problems of its own: what it is about is not there (404), or a conflict (409). */
  readonly problems?: readonly (401 | 404 | 409)[];
};

/**
 * A route: one description that registration, checks, types and OpenAPI come from. Its budget stands in the call
 * graph, under its name.
 */
export type Route = Description & { readonly handler: Handler<never, Answer, never, never, never, never> };

type Output<S extends z.ZodType | undefined> = S extends z.ZodType ? z.output<S> : unknown;

/** Describes a route; the handler's types follow from the schemas. */
export function route<
  const A extends Access,
  const R extends Answer,
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  H extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(
  init: Omit<Description, 'access' | 'answer' | 'params' | 'query' | 'headers' | 'body'> & {
    readonly access: A;
    readonly answer: R;
    readonly params?: P;
    readonly query?: Q;
    readonly headers?: H;
    readonly body?: B;
    readonly handler: Handler<A, R, Output<P>, Output<Q>, Output<H>, Output<B>>;
  },
): Route {
  return init as unknown as Route;
}

/** How the call graph and the logs call a route: `GET /api/products/{id}`. */
export const nameOf = ({ method, path }: Pick<Route, 'method' | 'path'>) => `${method.toUpperCase()} ${path}`;
