import type { Channel as GrpcChannel, Metadata, StatusObject } from '@grpc/grpc-js';
import { formatTraceparent, newSpanId, parseTraceparent } from '@hotpath/telemetry';
import type { Code } from './code.ts';
import { attemptsOf } from './grpc-internals.ts';

/** One attempt at a call. Times are of `performance.now()`. */
export type Attempt = {
  readonly spanId: string;
  readonly startMs: number;
  endMs?: number;
  code?: Code;
};

/** The attempts at the calls that are under way, by what the first one sends as its traceparent. */
const underWay = new Map<string, Attempt[]>();

/** Keeps record of the attempts at a call. @returns ends it, with what there were: none where the channel is not watched */
export function beginAttempts(traceparent: string): { end(): readonly Attempt[] } {
  const attempts: Attempt[] = [];
  underWay.set(traceparent, attempts);
  return {
    end() {
      underWay.delete(traceparent);
      return attempts;
    },
  };
}

/** Has a channel tell of each attempt: grpc-js tries again by itself, and no interceptor sees it. */
export function watchAttempts(channel: GrpcChannel): void {
  attemptsOf(channel, (start, metadata, listener) => {
    const traceparent = metadata.get('traceparent')[0] as string;
    const attempts = underWay.get(traceparent);
    const context = parseTraceparent(traceparent);
    if (!attempts || !context) return start(metadata, listener);
    const again = attempts.length > 0;
    const attempt: Attempt = {
      spanId: again ? newSpanId() : context.spanId,
      startMs: performance.now(),
    };
    attempts.push(attempt);
    let sent: Metadata = metadata;
    if (again) {
      sent = metadata.clone();
      sent.set('traceparent', formatTraceparent({ ...context, spanId: attempt.spanId }));
    }
    start(sent, {
      ...listener,
      onReceiveStatus(status: StatusObject) {
        attempt.endMs = performance.now();
        attempt.code = status.code as number as Code;
        listener.onReceiveStatus(status);
      },
    });
  });
}
