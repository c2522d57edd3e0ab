import { installTracing, type SpanRecord, type Tracing } from '@hotpath/telemetry';

/** Tracing that keeps its spans. What begins here is sampled as `sampled` says. */
export function recordSpans(sampled: boolean): { readonly spans: readonly SpanRecord[]; stop(): void } {
  const spans: SpanRecord[] = [];
  const tracing: Tracing = {
    decide: (_traceId, parent) => parent?.sampled ?? sampled,
    export: (span) => void spans.push(span),
    run: (_context, _attributes, work) => work(),
    blockedMs: () => 0,
    close: async () => {},
  };
  return { spans, stop: installTracing(tracing) };
}
