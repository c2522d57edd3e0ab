import type { Span } from './span.ts';

/** Collects the spans of each trace, which come scattered over many exports, in bounded memory. */
export type OpenTraces = {
  add(spans: readonly Span[]): void;
  /** Gives out all that is still open. */
  close(): void;
};

/** How many ids of evicted traces are remembered, to tell of spans that come too late. */
const REMEMBERED = 100_000;

/**
 * Gives each trace out when all is read; when more than `maxSpans` are open, that which has had no new span for
 * the longest, as `evicted`. Spans that come for it later are dropped; when `done` said that it took the trace, `late` is told, once.
 */
export function openTraces(
  maxSpans: number,
  done: (spans: readonly Span[], evicted: boolean) => boolean,
  late: (traceId: string) => void,
): OpenTraces {
  // In the order in which they last had a new span.
  const open = new Map<string, Span[]>();
  const evicted = new Map<string, { tell: boolean }>();
  let held = 0;
  return {
    add(spans) {
      for (const span of spans) {
        const gone = evicted.get(span.traceId);
        if (gone) {
          if (gone.tell) late(span.traceId);
          gone.tell = false;
          continue;
        }
        const trace = open.get(span.traceId) ?? [];
        trace.push(span);
        open.delete(span.traceId);
        open.set(span.traceId, trace);
        held++;
      }
      for (const [id, trace] of open) {
        if (held <= maxSpans) break;
        open.delete(id);
        held -= trace.length;
        evicted.set(id, { tell: done(trace, true) });
        if (evicted.size > REMEMBERED) evicted.delete(evicted.keys().next().value as string);
      }
    },
    close() {
      for (const trace of open.values()) done(trace, false);
      open.clear();
      held = 0;
    },
  };
}
