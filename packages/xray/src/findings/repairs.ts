import type { RepairCount } from '../analysis.ts';
import { count, msInWords } from '../words.ts';
import type { Finding } from './finding.ts';

/** What was wrong with the traces themselves, and how it was read. */
export function repairs(counts: readonly RepairCount[]): Finding[] {
  return counts.map((repair) => ({
    kind: 'repair',
    text: `${inWords(repair)} (${count(repair.traces, 'trace')})`,
    traces: repair.traces,
    most: repair.most,
  }));
}

function inWords({ kind, from, to, most }: RepairCount): string {
  const spans = `up to ${count(most, 'span')} of a trace`;
  switch (kind) {
    case 'clock-skew':
      return `the clock of ${to} was up to ${msInWords(most)} off that of ${from}; set by the enclosing calls`;
    case 'duplicate-spans':
      return `${spans} came twice and counted once`;
    case 'missing-spans':
      return `${spans} named a parent that is missing, and count as awaited by the root`;
    case 'unreachable-spans':
      return `${spans} did not hang together with the root and were left out`;
  }
}
