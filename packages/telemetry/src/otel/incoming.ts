import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Span } from '@opentelemetry/api';
import { setRequestTrace } from '../request-trace.ts';
import {
  type Attributes,
  formatTraceparent,
  newSpanId,
  newTraceId,
  parseTraceparent,
  type TraceContext,
  tracing,
} from '../trace.ts';
import type { Decide } from '../trace-settings.ts';

/** How requests are chosen. */
export type IncomingInit = {
  readonly decide: Decide;
  /** Whether `x-trace-debug: 1` has a trace exported whatever the ratio. */
  readonly allowDebug: boolean;
};

/** What probes, scrapers and an open console ask for again and again; no part of any trace. */
const unseen = /^\/(?:livez|readyz|metrics|api\/console\/.*)$/;

const spans = new WeakMap<object, Span>();

/** Remembers the span that instrumentation has begun for a request. */
export function setRequestSpan(request: object, span: Span): void {
  spans.set(request, span);
}

/**
 * Decides on a request's trace before anything is done for it, and gives it its ids.
 * @returns the place of its span where it is exported; else the span is made only where the answer is a failure
 */
export function beginRequest(
  { decide, allowDebug }: IncomingInit,
  request: IncomingMessage,
  response: unknown,
): TraceContext | undefined {
  const { headers } = request;
  const path = request.url?.split('?', 1)[0] ?? '';
  if (unseen.test(path)) return undefined;
  const parent = parseTraceparent(headers.traceparent);
  const traceId = parent?.traceId ?? newTraceId();
  const forced = allowDebug && headers['x-trace-debug'] === '1';
  const sampled = forced || decide(traceId, parent);
  const context = { traceId, spanId: newSpanId(), sampled };
  // The instrumentation reads the parent from here, and the SDK the decision from the parent.
  if (parent && parent.sampled !== sampled) headers.traceparent = formatTraceparent({ ...parent, sampled });
  const attributes: Attributes = {};
  setRequestTrace(request, {
    ...context,
    note(more) {
      if (sampled) spans.get(request)?.setAttributes(more);
      else Object.assign(attributes, more);
    },
    answered(route, status) {
      const span = spans.get(request);
      span?.setAttributes({ 'http.route': route, 'http.response.status_code': status });
      span?.updateName(`${request.method} ${route}`).end();
    },
  });
  if (sampled) return context;
  if (response instanceof ServerResponse) {
    const startMs = performance.now();
    response.once('close', () => {
      const { statusCode } = response;
      if (statusCode < 500) return;
      const { 'http.route': route } = attributes;
      tracing?.export({
        name: route ? `${request.method} ${route}` : `${request.method}`,
        kind: 'server',
        context,
        parent,
        startMs,
        endMs: performance.now(),
        attributes: {
          'http.request.method': request.method ?? '',
          'url.path': path,
          'http.response.status_code': statusCode,
          'error.type': String(statusCode),
          ...attributes,
        },
        error: '',
      });
    });
  }
  return undefined;
}
