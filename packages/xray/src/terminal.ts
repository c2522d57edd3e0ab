import type { Analysis } from './analysis.ts';
import type { Band, Slice } from './bands.ts';
import type { Report } from './report.ts';
import { count, msInWords, percent, shortOperation } from './words.ts';

const WIDTH = 80;
const HEIGHT = 40;
const ROWS = 14;
/** How long the longest bar is. */
const BAR = 6;

/** The report as text that fits a screen of 80 x 40. */
export function toTerminal(report: Report, analysis: Analysis): string {
  const { bands, findings } = report;
  if (bands.length === 0) return `${[`no trace could be read`, ...skippedLines(report)].join('\n')}\n`;
  const lines = [
    `X-ray of ${count(report.traces, 'trace')}, ${count(report.spans, 'span')}`,
    ...operationsLine(analysis),
    '',
    row(
      'on the critical path',
      '',
      bands.map(({ band }) => band),
      '',
    ),
    row(
      '',
      '',
      bands.map(({ durationMs }) => msInWords(durationMs)),
      '',
    ),
    ...sliceLines(bands),
    '',
    ...bands.map(causesLine),
  ];
  const skipped = skippedLines(report);
  const room = HEIGHT - lines.length - skipped.length - 2;
  const told = findings.map(({ text }) => wrap(text));
  while (told.flat().length > room) told.pop();
  const hidden = findings.length - told.length;
  if (told.length > 0) lines.push('', ...told.flat());
  if (hidden > 0) lines.push(`  and ${count(hidden, 'finding')} more: --json or --html`);
  return `${[...lines, ...skipped].join('\n')}\n`;
}

function sliceLines(bands: readonly Band[]): string[] {
  const keyOf = ({ service, operation, cause }: Slice) => `${cause}\0${service}\0${operation}`;
  const byKey = new Map<string, Slice>();
  const largest = (key: string) => Math.max(...bands.map((band) => find(band, key)?.share ?? 0));
  const find = (band: Band, key: string) => band.slices.find((slice) => keyOf(slice) === key);
  for (const { slices } of bands) for (const slice of slices) byKey.set(keyOf(slice), slice);
  const keys = [...byKey.keys()].sort((a, b) => largest(b) - largest(a));
  const shown = keys.slice(0, keys.length > ROWS + 1 ? ROWS : keys.length);
  const most = Math.max(...(bands.at(-1)?.slices.map(({ share }) => share) ?? []));
  const lines = shown.map((key) => {
    const { service, operation, cause } = byKey.get(key) as Slice;
    const found = bands.map((band) => find(band, key));
    const last = found.at(-1)?.share ?? 0;
    return row(
      `${service} ${shortOperation(operation)}`,
      cause,
      found.map((slice) => msInWords(slice?.ms ?? 0)),
      bar(last / most),
    );
  });
  if (shown.length < keys.length) {
    const rest = bands.map(
      (band) => band.durationMs - shown.reduce((ms, key) => ms + (find(band, key)?.ms ?? 0), 0),
    );
    const share = (rest.at(-1) ?? 0) / (bands.at(-1)?.durationMs ?? 1);
    lines.push(row(`${keys.length - shown.length} smaller ones`, '', rest.map(msInWords), bar(share / most)));
  }
  return lines;
}

function row(what: string, cause: string, figures: readonly string[], end: string): string {
  const name = what.length > 33 ? `${what.slice(0, 32)}\u2026` : what.padEnd(33);
  return `${name} ${cause.padEnd(9)}${figures.map((figure) => figure.padStart(10)).join('')} ${end}`.trimEnd();
}

function bar(share: number): string {
  const eighths = Math.round(Math.min(1, share) * BAR * 8);
  const rest = eighths % 8;
  return '\u2588'.repeat(eighths >> 3) + (rest > 0 ? String.fromCharCode(0x2590 - rest) : '');
}

function causesLine({ band, slices }: Band): string {
  const shares = new Map<string, number>();
  for (const { cause, share } of slices) shares.set(cause, (shares.get(cause) ?? 0) + share);
  const sorted = [...shares].sort(([, a], [, b]) => b - a);
  return cut(`${band}  ${sorted.map(([cause, share]) => `${cause} ${percent(share)}`).join('  ')}`);
}

function operationsLine({ sample }: Analysis): string[] {
  const counts = new Map<string, number>();
  for (const { trace } of sample) {
    const { operation } = trace.root.span;
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
  }
  const sorted = [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, times]) => `${name} ${percent(times / sample.length)}`);
  return sorted.length > 1
    ? [cut(`of ${sorted.join(', ')}`), 'all together; --operation NAME looks at one']
    : [cut(`of ${[...counts.keys()].join()}`)];
}

function skippedLines({ skipped }: Report): string[] {
  if (skipped.length === 0) return [];
  const reasons = Object.entries(Object.groupBy(skipped, ({ why }) => why));
  return [
    '',
    ...reasons
      .slice(0, 3)
      .map(([why, list]) => cut(`left out: ${count(list?.length ?? 0, 'trace')}: ${why}`)),
  ];
}

function cut(line: string): string {
  return line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}\u2026` : line;
}

function wrap(text: string): string[] {
  const lines = ['-'];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) as string;
    if (line.length + 1 + word.length > WIDTH && line !== '-') lines.push(`  ${word}`);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
