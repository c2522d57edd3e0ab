import { expect, test } from 'vitest';
import { analyse } from './analysis.ts';
import { answer } from './asked.ts';
import { findingsOf } from './findings/index.ts';
import { pageViews } from './shop.testing.ts';
import type { Span } from './span.ts';
import { span } from './spans.testing.ts';

function analysed(spans: readonly Span[]) {
  const analysis = analyse();
  analysis.add(spans);
  return analysis.finish();
}

const findings = (...spans: Span[]) => findingsOf(analysed(spans));
const sql = { kind: 'client', role: 'database' } as const;

test('calls that follow each other could run beside each other, and what that brings is reckoned', () => {
  const found = findings(
    span('page', { at: [0, 20], kind: 'server' }),
    span('page/query', { at: [1, 11], ...sql }),
    span('page/segment', { at: [11, 14], kind: 'client' }),
    span('page/round', { at: [14, 19] }),
  );
  expect(found).toEqual([
    {
      kind: 'sequential',
      text: 'shop page: segment could run beside query, if it does not need its answer: p50 −3.00 ms, p90 −3.00 ms, p99 −3.00 ms',
      service: 'shop',
      operation: 'page',
      first: { service: 'shop', operation: 'query' },
      second: { service: 'shop', operation: 'segment' },
      traces: 1,
      changeMs: { p50: -3, p90: -3, p99: -3 },
    },
  ]);
});

test.each([
  ['attempts of one call', { attempt: 1 }, { attempt: 2 }],
  ['calls of one operation', { operation: 'SELECT' }, { operation: 'SELECT' }],
  ['a transaction and its end', {}, { operation: 'COMMIT' }],
])('%s are not told to run beside each other', (_, one, other) => {
  const found = findings(
    span('page', { at: [0, 20], kind: 'server' }),
    span('page/a', { at: [1, 9], kind: 'client', ...one }),
    span('page/b', { at: [9, 19], kind: 'client', ...other }),
  );
  expect(found.filter(({ kind }) => kind === 'sequential')).toEqual([]);
});

test('many calls of one operation below one span are told, a few are not', () => {
  const queries = (times: number) =>
    Array.from({ length: times }, (_, i) =>
      span(`page/${i}`, { at: [i, i + 1], ...sql, operation: 'SELECT price' }),
    );
  const page = span('page', { at: [0, 50], kind: 'server' });
  expect(findings(page, ...queries(47))).toMatchObject([
    {
      kind: 'repeated',
      text: 'shop page calls SELECT price 47 times: one call for all would do (1 of 1 trace)',
      call: { service: 'shop', operation: 'SELECT price' },
      callsPerTrace: 47,
    },
  ]);
  expect(findings(page, ...queries(4))).toEqual([]);
  const coalesced = queries(47).map((query) => ({ ...query, waits: { coalesce: 1 } }));
  expect(findings(page, ...coalesced)).toEqual([]);
});

test('attempts beyond the first are told with the time they cost, and requests sent again', () => {
  expect(
    findings(
      span('page', { at: [0, 50], kind: 'server' }),
      span('page/call', { at: [0, 50], kind: 'client' }),
      span('call/1', { at: [0, 10], kind: 'client', attempt: 1, failed: true }),
      span('call/2', { at: [15, 50], kind: 'client', attempt: 2 }),
      span('page/get', { at: [0, 10], kind: 'client', resends: 1 }),
    ),
  ).toMatchObject([
    {
      kind: 'retries',
      text: 'shop call: 1 attempt beyond the first (1 of 1 trace), the last begun 15.0 ms after the first on average',
      msPerRetriedTrace: 15,
    },
    { kind: 'retries', operation: 'get', retries: 1, msPerRetriedTrace: 0 },
  ]);
});

test('the operations that leave the least of their budget are told, and calls past it', () => {
  const found = findings(
    span('page', { at: [0, 50], kind: 'server', budget: { startMs: 200, endMs: 150 } }),
    span('page/a', { at: [0, 50], kind: 'client', budget: { startMs: 50, endMs: -1 } }),
  );
  expect(found).toMatchObject([
    { kind: 'budget', operation: 'a', past: 1, leastLeftMs: -1 },
    {
      kind: 'budget',
      operation: 'page',
      text: 'shop page uses 25 % of its budget at p99, 150 ms left at least',
      usedShareP99: 0.25,
    },
  ]);
});

test('a clock that differs is told once for all traces', () => {
  const found = findingsOf(analysed(pageViews({ seed: 1, views: 30, userFastBy: -400 })));
  expect(found.filter(({ kind }) => kind === 'repair')).toMatchObject([
    {
      text: expect.stringMatching(
        /^the clock of user was up to 40\d ms off that of inventory;.*\(30 traces\)$/,
      ),
      traces: 30,
    },
  ]);
});

const { sample } = analysed(pageViews({ seed: 4, views: 200 }));

test('what-if questions are answered', () => {
  expect(answer('user UserService/GetSegment +20ms', sample)).toMatchObject({
    kind: 'what-if',
    changeMs: { p50: expect.closeTo(20, 6), p90: expect.closeTo(20, 6), p99: expect.closeTo(20, 6) },
  });
  const beside = answer(
    'inventory InventoryService/ListProducts: inventory UserService/GetSegment beside inventory SELECT products',
    sample,
  );
  expect(beside).toMatchObject({ changeMs: { p50: expect.closeTo(-2, 0) } });
  expect(answer('pricing SELECT prices -100%', sample)).toMatchObject({
    changeMs: { p50: expect.closeTo(-1.9, 0) },
  });
});

test('what is longer ahead hides a part of what is won', () => {
  // Half of it remains, since the other query of the batch then takes as long.
  const [half, all] = ['-50%', '-100%'].map((by) => {
    const finding = answer(`pricing SELECT prices ${by}`, sample);
    return finding.kind === 'what-if' ? finding.changeMs.p50 : 0;
  });
  expect(half).toBeLessThan(-1);
  expect(Math.abs((half ?? 0) - (all ?? 0))).toBeLessThan(0.2);
});

test.each([
  ['user UserService/GetSegment faster', /say "SERVICE OPERATION \+20ms"/],
  ['user UserService/GetSegment -20ms', /say "SERVICE OPERATION \+20ms"/],
  ['user SetSegment +20ms', /no trace has "user SetSegment"; there are: .*user UserService\/GetSegment/],
])('the what-if question "%s" is refused with what to say', (words, message) => {
  expect(() => answer(words, sample)).toThrow(message);
});
