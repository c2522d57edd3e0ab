import type { HrTime, Span } from '@opentelemetry/api';
import { AlwaysOnSampler, type IdGenerator, ParentBasedSampler } from '@opentelemetry/sdk-trace';
import { newSpanId, newTraceId, type TraceContext } from '../trace.ts';

/** Every span that gets as far as the SDK belongs to a trace that is exported: the decision was taken at the edge. */
export const decidedElsewhere = new ParentBasedSampler({ root: new AlwaysOnSampler() });

let reserved: Partial<TraceContext> = {};

/** Draws ids for the SDK, which makes spans with ids that are known already by `withIds`. */
export const spanIds: IdGenerator = {
  generateTraceId: () => reserved.traceId ?? newTraceId(),
  generateSpanId() {
    const { spanId = newSpanId() } = reserved;
    // There may be more spans in the same `withIds`, below the first.
    reserved = { traceId: reserved.traceId };
    return spanId;
  },
};

/** Runs work, the first span of which gets these ids. */
export function withIds<T>(ids: TraceContext, work: () => T): T {
  reserved = ids;
  try {
    return work();
  } finally {
    reserved = {};
  }
}

let origin = performance.timeOrigin;

/** Follows the machine's clock where it is set or drifts from the monotonic one. */
export function followClock(): void {
  const behind = Date.now() - (origin + performance.now());
  if (Math.abs(behind) > 5) origin += behind;
}

/** The time of day of a `performance.now()`. */
export function timeOf(ms: number): HrTime {
  const wall = origin + ms;
  const seconds = Math.floor(wall / 1000);
  return [seconds, Math.round((wall - seconds * 1000) * 1e6)];
}

/**
 * Sets the start of a span that has just begun to the microsecond. The SDK takes it from Date.now(), up to a
 * millisecond early, which would put it before its parent's.
 */
export function startNow(span: Span): void {
  (span as { startTime?: HrTime }).startTime = timeOf(performance.now());
}
