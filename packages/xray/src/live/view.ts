import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Analysed, type Analysis, analyse } from '../analysis.ts';
import { spansOf } from '../formats.ts';
import type { TraceStore } from './store.ts';

/** The stored traces, looked into. */
export type View = {
  readonly analysis: Analysis;
  /** What was asked for, the operation on which most time was spent first. */
  readonly operations: readonly Operation[];
};

/** Requests of one kind: the name of their root. */
export type Operation = { readonly name: string; readonly traces: number };

/** Traces that are looked into before anybody else's turn. */
const tracesPerTurn = 100;
/** A look takes at most this part of the time, however many look. */
const share = 0.1;

/**
 * Looks into the traces of a store, once for all who ask, and not again before it has been idle for nine times as long.
 * @param settledMs how long nothing may have come of a trace: its processes export it one after the other
 */
export function viewer(store: TraceStore, settledMs: number): () => Promise<View> {
  let current: Promise<View> | undefined;
  let lookedAt = 0;
  let freshUntil = 0;
  return () => {
    const now = performance.now();
    const sawAll = lookedAt - store.changedAt > settledMs;
    if (current && (sawAll || now < freshUntil)) return current;
    lookedAt = now;
    freshUntil = Number.POSITIVE_INFINITY;
    const rest = () => {
      const now = performance.now();
      freshUntil = now + ((now - lookedAt) * (1 - share)) / share;
    };
    current = look(store, settledMs);
    current.then(rest, rest);
    return current;
  };
}

async function look(store: TraceStore, settledMs: number): Promise<View> {
  const analysis = analyse();
  let looked = 0;
  for (const document of store.documents(settledMs)) {
    analysis.add(spansOf(JSON.parse(document), 'the store'));
    if (++looked % tracesPerTurn === 0) await nextTurn();
  }
  const finished = analysis.finish();
  const byName = Map.groupBy(finished.sample, nameOf);
  const operations = [...byName]
    .toSorted(([, one], [, other]) => total(other) - total(one))
    .map(([name, { length }]) => ({ name, traces: length }));
  return { analysis: finished, operations };
}

/** Makes a text of an operation in a view once for all who ask, and keeps it as long as the view. */
export function madeOnce(make: (view: View, operation: string) => string): typeof make {
  const made = new WeakMap<View, Map<string, string>>();
  return (view, operation) => {
    const texts = made.get(view) ?? new Map<string, string>();
    made.set(view, texts);
    const text = texts.get(operation) ?? make(view, operation);
    texts.set(operation, text);
    return text;
  };
}

/** Only the traces of one operation. */
export function viewOf({ analysis }: View, operation: string): Analysis {
  const sample = analysis.sample.filter((analysed) => nameOf(analysed) === operation);
  const spans = sample.reduce((sum, { trace }) => sum + trace.nodes.length, 0);
  return { ...analysis, traces: sample.length, spans, sample };
}

const nameOf = ({ trace }: Analysed): string => trace.root.span.operation;
const total = (of: readonly Analysed[]): number => of.reduce((sum, { durationNs }) => sum + durationNs, 0);
