import type { Analysed } from '../analysis.ts';
import { pathThrough } from '../critical-path.ts';
import type { Node } from '../node.ts';
import { changesInWords, predict } from '../predict.ts';
import type { Span } from '../span.ts';
import type { Beside } from '../what-if.ts';
import { shortOperation } from '../words.ts';
import { entryOf, type Finding, inWords, operationOf, TOLD } from './finding.ts';

type Pair = { readonly change: Beside; readonly traces: Set<string>; ns: number };

/** How many pairs of calls, those with the most time to win, are tried beside each other. */
const TRIED = 8;
/** A change of less than this part of the p50 and of the p99 is not told. */
const WORTH_TELLING = 0.01;

/**
 * Calls on the critical path that follow each other, and what it would bring to make them at once. Whether the second needs the
 * first one's answer no trace tells, hence "could, if".
 */
export function sequential(sample: readonly Analysed[]): Finding[] {
  const pairs = new Map<string, Pair>();
  for (const { trace } of sample) {
    const open: Node[] = [trace.root];
    for (const node of open) {
      let later: Node | undefined;
      for (const { node: child } of pathThrough(node)) {
        open.push(child);
        if (later && couldBeAtOnce(child, later)) {
          const [below, first, second] = [operationOf(node), operationOf(child), operationOf(later)];
          const pair = entryOf<Pair>(pairs, [below, first, second], () => ({
            change: { below, first, second },
            traces: new Set(),
            ns: 0,
          }));
          pair.ns += Math.min(child.end - child.start, later.end - later.start);
          pair.traces.add(trace.id);
        }
        later = child;
      }
    }
  }
  const most = [...pairs.values()].sort((a, b) => b.ns - a.ns).slice(0, TRIED);
  return most
    .map((pair) => ({ ...pair, prediction: predict(sample, pair.change) }))
    .filter(({ prediction: { changeMs, beforeMs } }) =>
      (['p50', 'p99'] as const).some((name) => -changeMs[name] > WORTH_TELLING * beforeMs[name]),
    )
    .sort((a, b) => a.prediction.changeMs.p50 - b.prediction.changeMs.p50)
    .slice(0, TOLD)
    .map(({ change: { below, first, second }, traces, prediction: { changeMs } }) => ({
      kind: 'sequential',
      text: `${inWords(below)}: ${shortOperation(second.operation)} could run beside ${shortOperation(first.operation)}, if it does not need its answer: ${changesInWords(changeMs)}`,
      ...below,
      first,
      second,
      traces: traces.size,
      changeMs,
    }));
}

/**
 * Only what waits for others: a process computes one thing at a time. Not attempts of one call, calls of one operation (that is for
 * `repeated`), or the frame of a transaction.
 */
function couldBeAtOnce(...nodes: [Node, Node]): boolean {
  const [first, second] = nodes.map(({ span }) => span) as [Span, Span];
  if (nodes.some(({ span, awaited }) => span.kind !== 'client' && awaited.length === 0)) return false;
  if (first.attempt !== undefined && second.attempt !== undefined) return false;
  if (first.operation === second.operation && first.service === second.service) return false;
  return ![first, second].some(({ operation }) => /\b(BEGIN|COMMIT|ROLLBACK)\b/i.test(operation));
}
