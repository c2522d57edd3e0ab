import { expect, test } from 'vitest';
import { criticalPath } from './critical-path.ts';
import { span, traceOf } from './spans.testing.ts';
import { buildTrace } from './trace.ts';

const call = { at: [10, 30], kind: 'client' } as const;

/** A call from one host to another whose clock is wrong by some ms: when the callee began on the caller's clock, and what was mended. */
function askAcross(fastByMs: number, callee: readonly [number, number], failed = false) {
  const [from, to] = callee;
  const { nodes, repairs } = traceOf([
    span('page', { at: [0, 40], kind: 'server' }),
    span('page/call', { ...call, failed }),
    span('call/work', { at: [from + fastByMs, to + fastByMs], kind: 'server', service: 'b' }),
    span('work/query', { at: [from + fastByMs + 1, from + fastByMs + 2], kind: 'client', service: 'b' }),
  ]);
  return { began: (nodes[2]?.start ?? 0) / 1e6, query: (nodes[3]?.start ?? 0) / 1e6, repairs };
}

test('a clock that differs is set by the enclosing call, with all that the host recorded below it, and told', () => {
  const { began, query, repairs } = askAcross(500, [12, 26]);
  expect([began, query]).toEqual([13, 14]);
  expect(repairs).toEqual([{ kind: 'clock-skew', from: 'shop', to: 'b', ns: 499e6 }]);
});

test('a callee that lies within its call is left where it is', () => {
  expect(askAcross(0, [12, 29])).toMatchObject({ began: 12, repairs: [] });
});

test('a callee that goes on after its caller gave up is no clock that differs', () => {
  expect(askAcross(0, [12, 31], true)).toMatchObject({ began: 12, repairs: [] });
  expect(askAcross(0, [12, 90], true)).toMatchObject({ began: 12, repairs: [] });
});

test('a callee that seems longer than its call and to begin before it begins with it', () => {
  expect(askAcross(-8, [12, 60])).toMatchObject({ began: 10 });
});

test('a callee that seems to begin after its call was answered is set by it', () => {
  expect(askAcross(500, [12, 60])).toMatchObject({ began: 10 });
});

test('spans that differ by less than the clocks resolve are not taken for skew', () => {
  const began = 1_790_000_000_000_000_000n;
  const { repairs, root } = traceOf([
    span('call', { at: [10.4, 20.2], kind: 'client' }),
    span('call/work', { began, at: [10, 20.9], kind: 'server', service: 'b' }),
  ]);
  expect(repairs).toEqual([]);
  expect(root.end).toBe(9.8e6);
});

test('a span given twice counts once', () => {
  const { nodes, repairs } = traceOf([
    span('page', { at: [0, 10] }),
    span('page/a', { at: [1, 2] }),
    span('page/a', { at: [1, 5] }),
  ]);
  expect(nodes.map(({ end }) => end / 1e6)).toEqual([10, 5]);
  expect(repairs).toEqual([{ kind: 'duplicate-spans', count: 1 }]);
});

test('what hangs below a missing span is waited for by the root, and told', () => {
  const trace = traceOf([
    span('page', { at: [0, 10], kind: 'server' }),
    span('lost/work', { at: [2, 9], kind: 'server', service: 'b' }),
  ]);
  expect(trace.repairs).toEqual([{ kind: 'missing-spans', count: 1 }]);
  expect(criticalPath(trace).map(({ node }) => node.span.id)).toEqual(['page', 'work', 'page']);
});

test('a trace whose caller is not traced here begins with the one span below it', () => {
  expect(traceOf([span('browser/page', { at: [0, 10] }), span('page/a', { at: [1, 2] })]).root.span.id).toBe(
    'page',
  );
});

test.each([
  ['its root span is missing', [span('x/a', { at: [0, 1] }), span('x/b', { at: [1, 2] })]],
  ['its root span takes no time', [span('a', { at: [1, 1] })]],
  ['its spans are each other’s parents', [span('b/a', { at: [0, 1] }), span('a/b', { at: [0, 1] })]],
])('a trace is refused when %s', (why, spans) => {
  expect(buildTrace(spans)).toEqual({ why });
});

test('spans that are each other’s parents beside a root are left out, and told', () => {
  const { nodes, repairs } = traceOf([
    span('page', { at: [0, 10] }),
    span('b/a', { at: [0, 1] }),
    span('a/b', { at: [0, 1] }),
  ]);
  expect(nodes).toHaveLength(1);
  expect(repairs).toEqual([{ kind: 'unreachable-spans', count: 2 }]);
});
