import type { Analysed } from '../analysis.ts';
import { rankOf } from '../bands.ts';
import type { Operation } from '../what-if.ts';
import { count, msInWords, percent } from '../words.ts';
import { entryOf, type Finding, inWords, operationOf, TOLD } from './finding.ts';

type Spent = {
  readonly by: Operation;
  readonly usedShares: number[];
  readonly leftMs: number[];
  readonly traces: Set<string>;
};

/** The operations that leave the least of their budget. */
export function budgets(sample: readonly Analysed[]): Finding[] {
  const found = new Map<string, Spent>();
  for (const { trace } of sample) {
    for (const node of trace.nodes) {
      const { budget } = node.span;
      if (!budget || budget.startMs <= 0) continue;
      const by = operationOf(node);
      const entry = entryOf<Spent>(found, [by], () => ({
        by,
        usedShares: [],
        leftMs: [],
        traces: new Set(),
      }));
      entry.usedShares.push(1 - budget.endMs / budget.startMs);
      entry.leftMs.push(budget.endMs);
      entry.traces.add(trace.id);
    }
  }
  return [...found.values()]
    .map(({ by, usedShares, leftMs, traces }) => ({
      ...by,
      usedShareP99: usedShares.sort((a, b) => a - b)[rankOf(0.99, usedShares.length)] as number,
      leastLeftMs: leftMs.reduce((least, ms) => Math.min(least, ms)),
      past: leftMs.filter((ms) => ms <= 0).length,
      calls: leftMs.length,
      traces: traces.size,
    }))
    .sort((a, b) => b.usedShareP99 - a.usedShareP99)
    .slice(0, TOLD)
    .map(({ calls, ...spent }) => {
      const { usedShareP99, leastLeftMs, past } = spent;
      const left =
        past > 0
          ? `past it in ${past} of ${count(calls, 'call')}`
          : `${msInWords(leastLeftMs)} left at least`;
      return {
        kind: 'budget',
        text: `${inWords(spent)} uses ${percent(usedShareP99)} of its budget at p99, ${left}`,
        ...spent,
      };
    });
}
