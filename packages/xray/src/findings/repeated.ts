import type { Analysed } from '../analysis.ts';
import { rankOf } from '../bands.ts';
import type { Node } from '../node.ts';
import type { Operation } from '../what-if.ts';
import { shortOperation } from '../words.ts';
import { entryOf, type Finding, inWords, ofTraces, operationOf, TOLD } from './finding.ts';

type Calls = { readonly by: Operation; readonly call: Operation; readonly counts: number[] };

/** From how many calls of one operation below one span on they are worth making one. */
const REPEATED = 5;

/** Many calls of one operation below one span, in turn or at once: the N + 1 of databases and of services. */
export function repeated(sample: readonly Analysed[]): Finding[] {
  const found = new Map<string, Calls>();
  for (const { trace } of sample) {
    for (const calls of callsBySpan(trace.nodes)) {
      const [first] = calls as [Node, ...Node[]];
      if (calls.length < REPEATED || !first.parent) continue;
      const [by, call] = [operationOf(first.parent), operationOf(first)];
      entryOf<Calls>(found, [by, call], () => ({ by, call, counts: [] })).counts.push(calls.length);
    }
  }
  const all = ({ counts }: Calls) => counts.reduce((sum, count) => sum + count, 0);
  return [...found.values()]
    .sort((a, b) => all(b) - all(a))
    .slice(0, TOLD)
    .map(({ by, call, counts }) => {
      const callsPerTrace = counts.sort((a, b) => a - b)[rankOf(0.5, counts.length)] as number;
      return {
        kind: 'repeated',
        text: `${inWords(by)} calls ${shortOperation(call.operation)} ${callsPerTrace} times: one call for all would do (${ofTraces(counts.length, sample)})`,
        ...by,
        call,
        callsPerTrace,
        traces: counts.length,
      };
    });
}

/** The calls of each span by operation, without attempts of one, and without those that a batch answered already. */
function callsBySpan(nodes: readonly Node[]): Iterable<readonly Node[]> {
  const calls = nodes.filter(
    ({ span: { kind, attempt, waits } }) =>
      kind === 'client' && attempt === undefined && waits?.coalesce === undefined,
  );
  return Map.groupBy(
    calls,
    ({ parent, span }) => `${parent?.span.id}\0${span.service}\0${span.operation}`,
  ).values();
}
