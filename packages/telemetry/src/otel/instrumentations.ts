import type { IncomingMessage } from 'node:http';
import { context, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { requestTrace } from '../request-trace.ts';
import { statementName } from '../statement-name.ts';
import { newTraceId, parseTraceparent, tracedByKit } from '../trace.ts';
import type { Decide } from '../trace-settings.ts';
import { beginRequest, type IncomingInit, setRequestSpan } from './incoming.ts';
import { startNow, withIds } from './spans.ts';

/**
 * What is instrumented, each with a switch before it: whatever is no part of an exported trace takes the way it would
 * take without instrumentation, and pays for no more than the decision.
 */
export function instrumentations(init: IncomingInit) {
  return [http(init), express(), grpc(init.decide), postgres()];
}

function http(init: IncomingInit) {
  const instrumentation = new HttpInstrumentation({
    requestHook(span, request) {
      startNow(span);
      setRequestSpan(request, span);
    },
    ignoreOutgoingRequestHook: () => !isInSpan(),
  });
  switchBefore(instrumentation, ['emit'], (bare, traced) => {
    return function (this: unknown, ...args) {
      const [event, request, response] = args;
      if (event !== 'request') return bare.apply(this, args);
      const ids = beginRequest(init, request as IncomingMessage, response);
      return ids ? withIds(ids, () => traced.apply(this, args)) : bare.apply(this, args);
    };
  });
  return instrumentation;
}

function express() {
  const instrumentation = new ExpressInstrumentation({
    // It names requests by their routes. Spans of its own would lie beside those of the calls that a handler makes.
    ignoreLayersType: [
      ExpressLayerType.MIDDLEWARE,
      ExpressLayerType.ROUTER,
      ExpressLayerType.REQUEST_HANDLER,
    ],
  });
  switchBefore(instrumentation, ['handle'], (bare, traced) => {
    if (traced === bare) return bare; // a handler of errors, which Express knows by its four parameters
    return function (this: unknown, request, response, next) {
      const handle = requestTrace(request as object)?.sampled ? traced : bare;
      return handle.call(this, request, response, next);
    };
  });
  return instrumentation;
}

type RawCall = { readonly metadata: { get(key: string): unknown[] } };

/** The kit makes the spans of its own calls, more of them and for less; others' services and clients get these. */
function grpc(decide: Decide) {
  const instrumentation = new GrpcInstrumentation();
  switchBefore(instrumentation, ['func'], (bare, traced, handler) => {
    const { path } = handler as { path: string };
    if (tracedByKit.has(path) || path.startsWith('/grpc.health.')) return bare;
    return function (this: unknown, ...args) {
      const parent = parseTraceparent((args[0] as RawCall).metadata.get('traceparent')[0]);
      return (decide(parent?.traceId ?? newTraceId(), parent) ? traced : bare).apply(this, args);
    };
  });
  const requests = [
    'makeUnaryRequest',
    'makeClientStreamRequest',
    'makeServerStreamRequest',
    'makeBidiStreamRequest',
  ];
  switchBefore(instrumentation, requests, (bare, traced) => {
    return function (this: unknown, ...args) {
      return (isInSpan() && !tracedByKit.has(args[0] as string) ? traced : bare).apply(this, args);
    };
  });
  return instrumentation;
}

function postgres() {
  return new PgInstrumentation({
    requireParentSpan: true,
    ignoreConnectSpans: true,
    requestHook(span, { query }) {
      startNow(span);
      // Its own name is that of the prepared statement, a number, and of the database.
      const name = statementName(query.text);
      span.updateName(name).setAttribute('db.query.summary', name);
    },
  });
}

function isInSpan(): boolean {
  const active = context.active();
  return trace.getSpan(active) !== undefined && !isTracingSuppressed(active);
}

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Wrap = (owner: object, name: string, wrapper: (bare: Method) => Method) => unknown;

/** Has what an instrumentation puts in place of methods of these names chosen or not by `choose`, call by call. */
function switchBefore(
  instrumentation: object,
  names: readonly string[],
  choose: (bare: Method, traced: Method, owner: object) => Method,
): void {
  const own = instrumentation as { _wrap: Wrap };
  const wrap = own._wrap;
  own._wrap = (owner, name, wrapper) =>
    wrap(owner, name, names.includes(name) ? (bare) => choose(bare, wrapper(bare), owner) : wrapper);
}
