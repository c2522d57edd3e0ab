import {
  formatTraceparent,
  newSpanId,
  newTraceId,
  type SpanRecord,
  type TraceContext,
  tracing,
} from '@hotpath/telemetry';
import { attributes as names } from '@hotpath/xray/attributes';
import { type Attempt, beginAttempts } from './attempts.ts';
import { currentCall } from './call.ts';
import type { Channel } from './channel.ts';
import { BatchCall } from './coalesce.ts';
import { Code, codeName } from './code.ts';
import type { Policy } from './policy.ts';
import { describe, isFailure, round, tellFirst } from './span.ts';

/**
 * Sends each call's place in its trace along, and makes its span when it has ended. In a trace that is not exported the
 * calls of a server's call have no spans, and what they call goes on from that server's own. A stream's span
 * ends with its first message. A call that was tried again has a span for each attempt below its own.
 */
export function traceCalls({ address, retries }: Pick<Channel, 'address' | 'retries'>): Policy {
  return (next, { method }) => {
    if (!tracing) return next;
    const { decide, export: exportSpan } = tracing;
    const name = method.path.slice(1);
    const [host = '', port] = address.split(/:(?=\d+$)/);
    const about = { 'server.address': host, ...(port && { 'server.port': Number(port) }) };
    const streams = method.kind === 'serverStream' || method.kind === 'bidi';

    return (call, request) => {
      const parent = call.trace;
      if (parent && !parent.sampled) {
        call.metadata.set('traceparent', formatTraceparent(parent));
        return next(call, request);
      }
      const traceId = parent?.traceId ?? newTraceId();
      const context = { traceId, spanId: newSpanId(), sampled: parent?.sampled ?? decide(traceId) };
      const traceparent = formatTraceparent(context);
      call.metadata.set('traceparent', traceparent);
      call.trace = context;
      call.spanAttributes = {};
      const batch = currentCall();
      let startMs = call.startedAt;
      let links: readonly TraceContext[] = [];
      if (batch instanceof BatchCall) {
        startMs = batch.gatheredSince;
        call.spanAttributes[names.coalesceWait] = round(call.startedAt - startMs);
        batch.sentAs = context;
        links = batch.others();
      }
      const attempts = retries ? beginAttempts(traceparent) : undefined;

      let open = true;
      const end = (code: Code) => {
        if (!open) return;
        open = false;
        const tried = attempts?.end() ?? [];
        if (!context.sampled && !isFailure(code)) return;
        const failed = code !== Code.OK;
        // What the first attempt has sent was its own id: the whole gets another where there were more.
        const whole = tried.length > 1 ? { ...context, spanId: newSpanId() } : context;
        exportSpan({
          name,
          kind: 'client',
          context: whole,
          parent,
          startMs,
          endMs: performance.now(),
          attributes: { ...about, ...describe(call, code, failed) },
          error: failed ? (call.cause?.message ?? '') : undefined,
          ...(links.length > 0 && { links }),
        });
        if (tried.length > 1) {
          for (const [index, attempt] of tried.entries()) exportSpan(spanOf(attempt, index + 1, whole));
        }
      };
      call.onSettled(end);
      const outcome = next(call, request);
      return streams
        ? outcome.then((messages) => tellFirst(messages as AsyncIterable<unknown>, () => end(Code.OK)))
        : outcome;
    };

    function spanOf(attempt: Attempt, number: number, whole: TraceContext): SpanRecord {
      const { spanId, startMs, endMs = performance.now(), code } = attempt;
      return {
        name,
        kind: 'client',
        context: { ...whole, spanId },
        parent: whole,
        startMs,
        endMs,
        attributes: {
          ...about,
          'rpc.system.name': 'grpc',
          'rpc.method': name,
          ...(code !== undefined && { 'rpc.response.status_code': codeName(code) }),
          [names.attempt]: number,
        },
        error: code === Code.OK ? undefined : '',
      };
    }
  };
}
