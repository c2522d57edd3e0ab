import {
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import type { Attributes, SpanRecord, TraceContext, Tracing } from '../trace.ts';
import type { Decide } from '../trace-settings.ts';
import { watchEventLoop } from './event-loop.ts';
import { timeOf, withIds } from './spans.ts';

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
  consumer: SpanKind.CONSUMER,
} as const;

/** The kit's tracing on OpenTelemetry's API. */
export function openTracing(decide: Decide, close: () => Promise<void>): Tracing {
  const tracer = trace.getTracer('@hotpath/rpc');
  const loop = watchEventLoop();

  return {
    decide,
    export(record: SpanRecord) {
      const { name, kind, parent, attributes } = record;
      const below = parent ? trace.setSpanContext(ROOT_CONTEXT, otelContext(parent)) : ROOT_CONTEXT;
      const span = withIds(record.context, () =>
        tracer.startSpan(
          name,
          {
            kind: kinds[kind],
            startTime: timeOf(record.startMs),
            attributes,
            ...(record.links && { links: record.links.map((link) => ({ context: otelContext(link) })) }),
          },
          below,
        ),
      );
      if (record.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: record.error });
      span.end(timeOf(record.endMs));
    },
    run: (at, attributes, work) => context.with(contextOf(at, attributes), work),
    blockedMs: loop.blockedMs,
    async close() {
      loop.close();
      await close();
    },
  };
}

/** What is exported at all is exported whole: a failure's spans are below one that is not sampled. */
function otelContext({ traceId, spanId }: TraceContext) {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
}

function contextOf(at: TraceContext, attributes: Attributes): Context {
  return trace.setSpan(ROOT_CONTEXT, openSpan(at, attributes));
}

/** The span of a call under way, as OpenTelemetry's API gives it to a handler. It is made when the call has ended. */
function openSpan(at: TraceContext, attributes: Attributes): Span {
  const spanContext = otelContext(at);
  const span: Span = {
    spanContext: () => spanContext,
    isRecording: () => true,
    setAttribute(key, value) {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
        attributes[key] = value;
      }
      return span;
    },
    setAttributes(more) {
      for (const key in more) span.setAttribute(key, more[key] as string);
      return span;
    },
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    setStatus: () => span,
    updateName: () => span,
    end() {},
    recordException() {},
  };
  return span;
}
