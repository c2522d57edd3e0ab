import { newSpanId, newTraceId, parseTraceparent, type Tracing } from '@hotpath/telemetry';
import { attributes as names } from '@hotpath/xray/attributes';
import { type Call, runInCall } from './call.ts';
import { Code } from './code.ts';
import { describe, isFailure, round } from './span.ts';

/** A call on a server as its trace sees it. */
export type ServerSpan = {
  /** Runs the work for the call, where instrumented libraries find the span. */
  run(work: () => Promise<void>): Promise<void>;
  /** A stream is open: its span ends. */
  opened(): void;
};

/**
 * Puts a call into its trace. Whether that is exported is decided first: a call of one that is not leaves a record of a
 * few fields, which becomes a span only if the call fails. A stream's span ends with its first message.
 */
export function beginServerSpan(tracing: Tracing, call: Call): ServerSpan {
  const parent = parseTraceparent(call.metadata.get('traceparent')[0]);
  const traceId = parent?.traceId ?? newTraceId();
  const context = { traceId, spanId: newSpanId(), sampled: tracing.decide(traceId, parent) };
  call.trace = context;
  call.spanAttributes = {};
  const blockedMs = tracing.blockedMs();
  let open = true;
  const end = (code: Code) => {
    if (!open) return;
    open = false;
    const failed = isFailure(code);
    if (!context.sampled && !failed) return;
    const blocked = round(tracing.blockedMs() - blockedMs);
    tracing.export({
      name: call.path.slice(1),
      kind: 'server',
      context,
      parent,
      startMs: call.startedAt,
      endMs: performance.now(),
      attributes: { ...describe(call, code, failed), ...(blocked > 0 && { [names.eventLoop]: blocked }) },
      error: failed ? (call.cause?.message ?? '') : undefined,
    });
  };
  call.onSettled(end);
  return {
    run(work) {
      const own = call.spanAttributes ?? {};
      return context.sampled ? tracing.run(context, own, () => runInCall(call, work)) : runInCall(call, work);
    },
    opened: () => end(Code.OK),
  };
}
