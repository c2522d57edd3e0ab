import { randomFillSync } from 'node:crypto';

/** A place in a trace, as W3C's traceparent names it. */
export type TraceContext = {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Whether its spans are exported. Where they are not, the ids still travel: a failure is told under them. */
  readonly sampled: boolean;
};

/** What is told of a span. */
export type Attributes = Record<string, string | number | boolean>;

/** A span that has ended. */
export type SpanRecord = {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal' | 'consumer';
  readonly context: TraceContext;
  /** None: it is the root of its trace. */
  readonly parent: TraceContext | undefined;
  /** `performance.now()`, ms. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
  /** Why it failed. */
  readonly error?: string | undefined;
  readonly links?: readonly TraceContext[];
};

/** What traces cost something for; there is none in a process where they are off. */
export type Tracing = {
  /** Whether a trace is exported that begins here, or goes on here from `parent`. */
  decide(traceId: string, parent?: TraceContext): boolean;
  /** Exports a span, whether its trace is sampled or not. */
  export(span: SpanRecord): void;
  /** Runs work so that instrumented libraries put their spans below `context`, whose attributes may be added to. */
  run<T>(context: TraceContext, attributes: Attributes, work: () => T): T;
  /** For how long the event loop has been blocked since the start, ms. */
  blockedMs(): number;
  /** Exports what waits, for as long as a second. */
  close(): Promise<void>;
};

/** The process's tracing; undefined where traces are off. It is there before any of the kit is loaded. */
export let tracing: Tracing | undefined;

/** Turns traces on, for what is made from now on. @returns turns them off again */
export function installTracing(installed: Tracing): () => void {
  tracing = installed;
  return () => {
    tracing = undefined;
  };
}

/** Paths of the RPCs whose spans the kit makes itself: instrumentation leaves them alone. */
export const tracedByKit = new Set<string>();

let source: () => TraceContext | undefined = () => undefined;

/** Tells how the trace of the running code is found. */
export function traceFrom(find: () => TraceContext | undefined): void {
  source = find;
}

/** Where the running code is in a trace; undefined outside of any, and where traces are off. */
export function currentTrace(): TraceContext | undefined {
  return tracing && source();
}

const pool = Buffer.alloc(4 * 1024);
let digits = '';
let used = 0;

/** Random digits out of a long line of them: a call to the system for each id would be most of an unsampled call's cost. */
function draw(length: number): string {
  if (used + length > digits.length) {
    digits = randomFillSync(pool).toString('hex');
    used = 0;
  }
  used += length;
  return digits.slice(used - length, used);
}

/** An id for a new trace. */
export const newTraceId = (): string => draw(32);
/** An id for a new span. */
export const newSpanId = (): string => draw(16);

const shape = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:$|-)/;

/** Reads a traceparent (https://www.w3.org/TR/trace-context/); undefined where it is none. */
export function parseTraceparent(text: unknown): TraceContext | undefined {
  const [, traceId, spanId, flags] = (typeof text === 'string' && shape.exec(text)) || [];
  if (!traceId || !spanId || !flags) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Writes a traceparent. */
export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
