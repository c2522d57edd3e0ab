import { criticalPath } from './critical-path.ts';
import { openTraces } from './open-traces.ts';
import { evenSample } from './sample.ts';
import type { Segment } from './segments.ts';
import type { Span } from './span.ts';
import { buildTrace, type Repair, type Trace } from './trace.ts';

/** A trace and what its root waited for. */
export type Analysed = {
  readonly trace: Trace;
  readonly path: readonly Segment[];
  readonly durationNs: number;
};

/** What was read of traces: how much, an even sample of it to look into, and what was left out. */
export type Analysis = {
  readonly traces: number;
  readonly spans: number;
  readonly skipped: readonly Skipped[];
  readonly sample: readonly Analysed[];
  readonly repairs: readonly RepairCount[];
};

export type Skipped = { readonly traceId: string; readonly why: string };

/** How many traces had something mended, and the most of it in one: ms of skew, or spans. */
export type RepairCount = {
  readonly kind: Repair['kind'];
  /** The services between which clocks differed. */
  readonly from?: string;
  readonly to?: string;
  readonly traces: number;
  readonly most: number;
};

export type Limits = {
  /** How many spans of traces not yet complete are held. */
  readonly maxOpenSpans: number;
  /** How many traces, and how many spans of them, are kept to look into. */
  readonly maxTraces: number;
  readonly maxSpans: number;
};

const usual: Limits = { maxOpenSpans: 200_000, maxTraces: 10_000, maxSpans: 250_000 };
/** How many left-out traces are named. */
const NAMED = 10_000;

/**
 * Takes spans in any order and finds the critical path of each trace. With `operation`, only of the traces whose root is named so.
 */
export function analyse(operation?: string, limits: Partial<Limits> = {}) {
  const { maxOpenSpans, maxTraces, maxSpans } = { ...usual, ...limits };
  const sample = evenSample<Analysed>(maxTraces, maxSpans);
  const skipped: Skipped[] = [];
  const repairs = new Map<string, RepairCount>();
  let unnamed = 0;
  let spans = 0;
  const skip = (traceId: string, why: string) => {
    if (skipped.length < NAMED) skipped.push({ traceId, why });
    else unnamed++;
  };
  const crowded = `since more than ${maxOpenSpans} spans of open traces were held`;

  /** Takes a trace into the analysis, or says why not. */
  function take(given: readonly Span[], evicted: boolean): string | undefined {
    const trace = buildTrace(given);
    if ('why' in trace) return trace.why;
    if (evicted && trace.repairs.some(({ kind }) => kind === 'missing-spans')) {
      return `closed before it was complete, ${crowded}`;
    }
    if (operation !== undefined && trace.root.span.operation !== operation) return undefined;
    spans += trace.nodes.length;
    for (const repair of trace.repairs) count(repairs, repair);
    sample.offer(trace.nodes.length, () => ({
      trace,
      path: criticalPath(trace),
      durationNs: trace.root.end,
    }));
    return undefined;
  }

  const open = openTraces(
    maxOpenSpans,
    (given, evicted) => {
      const why = take(given, evicted);
      if (why) skip((given[0] as Span).traceId, why);
      return why === undefined;
    },
    (traceId) => skip(traceId, `counted without spans that came after it was closed, ${crowded}`),
  );

  return {
    add: open.add,
    /** What has been read, once all has. */
    finish(): Analysis {
      open.close();
      const more = unnamed > 0 ? [{ traceId: '', why: `and ${unnamed} more` }] : [];
      return {
        traces: sample.offered,
        spans,
        skipped: [...skipped, ...more],
        sample: sample.kept,
        repairs: [...repairs.values()],
      };
    },
  };
}

function count(repairs: Map<string, RepairCount>, repair: Repair): void {
  const { kind } = repair;
  const between = kind === 'clock-skew' ? { from: repair.from, to: repair.to } : {};
  const much = kind === 'clock-skew' ? Math.abs(repair.ns) / 1e6 : repair.count;
  const key = JSON.stringify([kind, between]);
  const { traces, most } = repairs.get(key) ?? { traces: 0, most: 0 };
  repairs.set(key, { kind, ...between, traces: traces + 1, most: Math.max(most, much) });
}
