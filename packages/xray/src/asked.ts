import type { Analysed } from './analysis.ts';
import type { Finding } from './findings/index.ts';
import { changesInWords, predict } from './predict.ts';
import { ReadError } from './read-error.ts';
import type { Change, Operation } from './what-if.ts';
import { shortOperation } from './words.ts';

/**
 * Predicts a change given in words: "SERVICE OPERATION +20ms", "SERVICE OPERATION -50%", or "SERVICE OPERATION: SERVICE
 * SECOND beside SERVICE FIRST". Throws a ReadError when they are not understood or no trace has such an operation.
 */
export function answer(words: string, sample: readonly Analysed[]): Finding {
  const { changeMs } = predict(sample, changeOf(words, sample));
  return { kind: 'what-if', text: `${words}: ${changesInWords(changeMs)}`, changeMs };
}

function changeOf(words: string, sample: readonly Analysed[]): Change {
  const [, below, second, first] = /^(.+?): (.+) beside (.+)$/.exec(words) ?? [];
  const find = (name: string | undefined) => findOperation(name ?? '', sample);
  if (below) return { below: find(below), first: find(first), second: find(second) };
  const [, own, sign, number, unit] = /^(.+) ([+-])(\d+(?:\.\d+)?)(ms|%)$/.exec(words) ?? [];
  const by = Number(`${sign}${number}`);
  if (unit === '%' && by >= -100) return { own: find(own), times: 1 + by / 100, plusNs: 0 };
  if (unit === 'ms' && by >= 0) return { own: find(own), times: 1, plusNs: Math.round(by * 1e6) };
  throw new ReadError(
    `--what-if "${words}": say "SERVICE OPERATION +20ms", "SERVICE OPERATION -50%" or "SERVICE OPERATION: SERVICE SECOND beside SERVICE FIRST"`,
  );
}

function findOperation(words: string, sample: readonly Analysed[]): Operation {
  const known = new Set<string>();
  for (const { trace } of sample) {
    for (const { span } of trace.nodes) {
      const { service, operation } = span;
      if (words === `${service} ${operation}` || words === `${service} ${shortOperation(operation)}`) {
        return { service, operation };
      }
      known.add(`${service} ${shortOperation(operation)}`);
    }
  }
  throw new ReadError(`--what-if: no trace has "${words}"; there are: ${[...known].sort().join(', ')}`);
}
