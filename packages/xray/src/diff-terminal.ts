import type { BandChange, Interval, Limit } from './diff.ts';
import { changeInWords, msInWords, percent, shortOperation } from './words.ts';

/** How many of each band's changes are told. */
const TOLD = 4;

/** A comparison as text. */
export function diffToTerminal(changes: readonly BandChange[], seed: number): string {
  const lines = [
    `${''.padEnd(5)}${'before'.padStart(10)}${'after'.padStart(10)}${'change'.padStart(10)}   95 % certain (bootstrap, seed ${seed})`,
  ];
  for (const { band, beforeMs, afterMs, changeShare } of changes) {
    const figures = [msInWords(beforeMs), msInWords(afterMs), signed(changeShare.change)];
    lines.push(
      `${band.padEnd(5)}${figures.map((each) => each.padStart(10)).join('')}   ${interval(changeShare)}`,
    );
  }
  for (const { band, slices } of changes) {
    lines.push('', `what changed at ${band}`);
    for (const { service, operation, cause, beforeMs, afterMs } of slices.slice(0, TOLD)) {
      const where = `${service} ${shortOperation(operation)} ${cause}`;
      const how = `${msInWords(beforeMs)} to ${msInWords(afterMs)}`;
      lines.push(`${changeInWords(afterMs - beforeMs).padStart(12)}  ${where} (${how})`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** What a limit came to. */
export function verdictInWords(
  { band, by, unit }: Limit,
  passed: boolean,
  changes: readonly BandChange[],
): string {
  const change = changes.find((each) => each.band === band) as BandChange;
  const found =
    unit === '%'
      ? interval(change.changeShare)
      : `${changeInWords(change.changeMs.low)} to ${changeInWords(change.changeMs.high)}`;
  return `${passed ? 'fails' : 'holds'}: ${band} may grow by ${by}${unit === '%' ? ' %' : ' ms'}; it changed by ${found}`;
}

export function interval({ low, high }: Interval): string {
  return `${signed(low)} to ${signed(high)}`;
}

export function signed(share: number): string {
  return share < 0 ? `\u2212${percent(-share)}` : `+${percent(share)}`;
}
