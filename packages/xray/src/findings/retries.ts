import type { Analysed } from '../analysis.ts';
import type { Node } from '../node.ts';
import type { Operation } from '../what-if.ts';
import { count, msInWords } from '../words.ts';
import { entryOf, type Finding, inWords, ofTraces, operationOf, TOLD } from './finding.ts';

type Retried = { readonly by: Operation; readonly traces: Set<string>; retries: number; ns: number };

/** Calls that took more than one attempt, and how much later the last one began. */
export function retries(sample: readonly Analysed[]): Finding[] {
  const found = new Map<string, Retried>();
  for (const { trace } of sample) {
    for (const node of trace.nodes) {
      const { attempt = 1, resends = 0 } = node.span;
      if (attempt < 2 && resends === 0) continue;
      const by = operationOf(attempt > 1 && node.parent ? node.parent : node);
      const entry = entryOf<Retried>(found, [by], () => ({ by, traces: new Set(), retries: 0, ns: 0 }));
      entry.retries++;
      entry.ns += laterThanAttemptBefore(node, attempt);
      entry.traces.add(trace.id);
    }
  }
  return [...found.values()]
    .sort((a, b) => b.retries - a.retries || b.ns - a.ns)
    .slice(0, TOLD)
    .map(({ by, retries, ns, traces }) => {
      const ms = ns / traces.size / 1e6;
      const later = ms > 0 ? `, the last begun ${msInWords(ms)} after the first on average` : '';
      return {
        kind: 'retries',
        text: `${inWords(by)}: ${count(retries, 'attempt')} beyond the first (${ofTraces(traces.size, sample)})${later}`,
        ...by,
        retries,
        msPerRetriedTrace: ms,
        traces: traces.size,
      };
    });
}

function laterThanAttemptBefore({ parent, start }: Node, attempt: number): number {
  const before = parent?.awaited.find(({ node }) => node.span.attempt === attempt - 1);
  return before ? Math.max(0, start - before.node.start) : 0;
}
