import { expect, test } from 'vitest';
import { analyse } from './analysis.ts';
import { reportOf } from './report.ts';
import { span } from './spans.testing.ts';
import { toTerminal } from './terminal.ts';

/** A trace of many calls with long names, and one that cannot be read. */
function crowded(i: number) {
  const traceId = `trace ${i}`;
  const operation = `${'long-'.repeat(12)}${i}`;
  const call = (j: number) => ({ operation: `${operation} ${j}`, at: [j * 3, j * 3 + 3] }) as const;
  return [
    span('root', { traceId, kind: 'server', at: [0, 100], operation }),
    ...Array.from({ length: 25 }, (_, j) => span(`root/${j}`, { traceId, kind: 'client', ...call(j) })),
    span('lost/x', { traceId: `torn ${i}`, at: [0, 1] }),
    span('lost/y', { traceId: `torn ${i}`, at: [0, 1] }),
  ];
}

test('the report fits a screen of 80 x 40, however much there is to say', () => {
  const analysis = analyse();
  for (let i = 0; i < 30; i++) analysis.add(crowded(i));
  const read = analysis.finish();
  const finding = { kind: 'repair', text: 'words '.repeat(30), traces: 1, most: 1 } as const;
  const text = toTerminal({ ...reportOf(read), findings: Array(20).fill(finding) }, read);
  const lines = text.trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(40);
  expect(lines.length).toBeGreaterThan(36);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(text).toMatch(/^ {2}and 1\d findings more: --json or --html$/m);
  expect(lines.at(-1)).toBe('left out: 30 traces: its root span is missing');
});

test('when no trace can be read the reasons are all there is', () => {
  const analysis = analyse();
  analysis.add([span('lost/x', { at: [0, 1] }), span('lost/y', { at: [0, 1] })]);
  const read = analysis.finish();
  expect(toTerminal(reportOf(read), read)).toBe(
    'no trace could be read\n\nleft out: 1 trace: its root span is missing\n',
  );
});
