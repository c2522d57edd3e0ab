import {
  currentTrace,
  formatTraceparent,
  newSpanId,
  parseTraceparent,
  type TraceContext,
  tracing,
} from '@hotpath/telemetry';

/** How long the deliveries of one change are counted before their span is exported, ms. */
const gatherMs = 250;

type Delivery = {
  readonly parent: TraceContext;
  readonly context: TraceContext;
  readonly startMs: number;
  endMs: number;
  count: number;
};

/**
 * The traceparent of the running code, to be stored with what it changes, so that whoever tells others of the change later
 * can do so in the same trace. Null where that is not exported.
 */
export function storedTraceparent(): string | null {
  const trace = currentTrace();
  return trace?.sampled ? formatTraceparent(trace) : null;
}

/**
 * Puts what a process delivers into the trace of the call that has caused it: one span in this process for each such
 * call, however many streams it goes to, with their number.
 * @param name what is delivered
 * @returns counts a delivery of what came with a traceparent. @returns the one to send along, where there is any
 */
export function traceDeliveries(
  name: string,
): (traceparent: string | null | undefined) => string | undefined {
  const open = new Map<string, Delivery>();

  function begin(traceparent: string): Delivery | undefined {
    const parent = parseTraceparent(traceparent);
    if (!parent?.sampled) return undefined;
    const now = performance.now();
    const delivery = {
      parent,
      context: { ...parent, spanId: newSpanId() },
      startMs: now,
      endMs: now,
      count: 0,
    };
    open.set(traceparent, delivery);
    setTimeout(() => {
      open.delete(traceparent);
      const { count, ...span } = delivery;
      tracing?.export({ ...span, name, kind: 'consumer', attributes: { 'hotpath.deliveries': count } });
    }, gatherMs).unref();
    return delivery;
  }

  return (traceparent) => {
    if (!tracing || !traceparent) return undefined;
    const delivery = open.get(traceparent) ?? begin(traceparent);
    if (!delivery) return undefined;
    delivery.count++;
    delivery.endMs = performance.now();
    return formatTraceparent(delivery.context);
  };
}
