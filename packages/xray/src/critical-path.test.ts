import fc from 'fast-check';
import { expect, test } from 'vitest';
import { criticalPath } from './critical-path.ts';
import type { Kind, Span } from './span.ts';
import { span, traceOf } from './spans.testing.ts';

/** The path in words: operation, cause when it is not the handler, and ms. */
function pathOf(spans: readonly Span[]): string[] {
  return criticalPath(traceOf(spans)).map(
    ({ node, cause, from, to }) =>
      `${node.span.operation}${cause === 'handler' ? '' : ` ${cause}`} ${Math.round((to - from) / 1e3) / 1e3}`,
  );
}

test('one call after the other are both on the path, also back to back', () => {
  expect(
    pathOf([
      span('page', { at: [0, 20] }),
      span('page/a', { at: [2, 8] }),
      span('page/b', { at: [8, 15] }),
      span('page/c', { at: [16, 19] }),
    ]),
  ).toEqual(['page 2', 'a 6', 'b 7', 'page 1', 'c 3', 'page 1']);
});

test('of calls at the same time only the last to end is on the path', () => {
  expect(
    pathOf([
      span('page', { at: [0, 20] }),
      span('page/a', { at: [1, 10] }),
      span('page/b', { at: [1, 18] }),
      span('page/c', { at: [3, 5] }),
    ]),
  ).toEqual(['page 1', 'b 17', 'page 2']);
});

test('a call that began while another was running did not wait for it', () => {
  expect(
    pathOf([span('page', { at: [0, 20] }), span('page/a', { at: [0, 10] }), span('page/b', { at: [6, 18] })]),
  ).toEqual(['page 6', 'b 12', 'page 2']);
});

test('a link to an earlier sibling says what a call waited for, where the times cannot', () => {
  // What jaeger-ui #2371 shows: foo3 follows foo1 and a pause, and foo2 only happens to end just before it.
  const spans = (links: string[]) => [
    span('main', { at: [0, 500] }),
    span('main/foo1', { at: [0, 100] }),
    span('main/foo2', { at: [0, 199] }),
    span('main/foo3', { at: [200, 500], links }),
  ];
  expect(pathOf(spans(['foo1']))).toEqual(['foo1 100', 'main 100', 'foo3 300']);
  expect(pathOf(spans([]))).toEqual(['foo2 199', 'main 1', 'foo3 300']);
});

test('what a request set going and did not wait for is not on its path', () => {
  expect(
    pathOf([
      span('page', { at: [0, 10], kind: 'server' }),
      span('page/audit', { at: [2, 50], kind: 'client' }),
      span('page/query', { at: [3, 8], kind: 'client', role: 'database' }),
    ]),
  ).toEqual(['page 3', 'query database 5', 'page 2']);
});

test('a stream that a request opened and left open is not on its path, nor what comes over it later', () => {
  expect(
    pathOf([
      span('page', { at: [0, 10], kind: 'server' }),
      span('page/watch', { at: [2, 3_600_000], kind: 'client' }),
      span('watch/served', { at: [3, 3_599_999], kind: 'server', service: 'pricing' }),
      span('served/event', { at: [5, 6], kind: 'producer', service: 'pricing' }),
      span('event/shown', { at: [7, 9], kind: 'consumer' }),
    ]),
  ).toEqual(['page 10']);
});

test('what a piece of code set going is waited for by the code around it', () => {
  expect(
    pathOf([
      span('page', { at: [0, 50], kind: 'server' }),
      span('page/middleware', { at: [1, 2] }),
      span('middleware/query', { at: [2, 48], kind: 'client', role: 'database' }),
    ]),
  ).toEqual(['page 1', 'middleware 1', 'query database 46', 'page 2']);
});

test('a caller that gave up waited for what the callee was doing then', () => {
  expect(
    pathOf([
      span('call', { at: [0, 30], kind: 'client', failed: true }),
      span('call/work', { at: [2, 90], kind: 'server', service: 'slow' }),
      span('work/first', { at: [5, 20], kind: 'client', role: 'database', service: 'slow' }),
      span('work/second', { at: [21, 80], kind: 'client', role: 'database', service: 'slow' }),
    ]),
  ).toEqual(['call network 2', 'work 3', 'first database 15', 'work 1', 'second database 9']);
});

test('a message taken later by another process holds nobody up', () => {
  expect(
    pathOf([
      span('order', { at: [0, 30], kind: 'server' }),
      span('order/send', { at: [5, 25], kind: 'producer' }),
      span('send/take', { at: [8, 20], kind: 'consumer', service: 'mail' }),
    ]),
  ).toEqual(['order 5', 'send network 20', 'order 5']);
});

test('waits come first, in their order; what is left of a call is the network', () => {
  expect(
    pathOf([
      span('call', { at: [0, 30], kind: 'client', waits: { coalesce: 1e6, queue: 2e6 } }),
      span('call/work', {
        at: [4, 29],
        kind: 'server',
        service: 'b',
        waits: { admission: 3e6, eventloop: 4e6 },
      }),
      span('work/query', {
        at: [10, 20],
        kind: 'client',
        role: 'database',
        service: 'b',
        waits: { pool: 6e6 },
      }),
    ]),
  ).toEqual([
    'call coalesce 1',
    'call queue 2',
    'call network 1',
    'work admission 3',
    'work eventloop 3',
    'query pool 6',
    'query database 4',
    'work eventloop 1',
    'work 8',
    'call network 1',
  ]);
});

test('a blocked event loop is never told to have taken more than the handler’s time', () => {
  expect(pathOf([span('page', { at: [0, 5], kind: 'server', waits: { eventloop: 9e6 } })])).toEqual([
    'page eventloop 5',
  ]);
});

test('between attempts a call waits to try again', () => {
  expect(
    pathOf([
      span('call', { at: [0, 40], kind: 'client' }),
      span('call/first', { at: [1, 10], kind: 'client', attempt: 1, failed: true }),
      span('call/second', { at: [15, 20], kind: 'client', attempt: 2, failed: true }),
      span('call/third', { at: [30, 39], kind: 'client', attempt: 3 }),
    ]),
  ).toEqual([
    'call network 1',
    'first network 9',
    'call backoff 5',
    'second network 5',
    'call backoff 10',
    'third network 9',
    'call network 1',
  ]);
});

test('a call answered by another’s batch waited for what the batch waited for', () => {
  expect(
    pathOf([
      span('page', { at: [0, 20], kind: 'server' }),
      span('page/one', { at: [1, 18], kind: 'client', waits: { coalesce: 2e6 } }),
      span('page/two', { at: [1, 19], kind: 'client', waits: { coalesce: 2e6 } }),
      span('one/batch', { at: [4, 17], kind: 'client', links: ['one', 'two'] }),
      span('batch/work', { at: [5, 16], kind: 'server', service: 'pricing' }),
    ]),
  ).toEqual([
    'page 1',
    'two coalesce 2',
    'two network 1',
    'batch network 1',
    'work 11',
    'batch network 1',
    'two network 2',
    'page 1',
  ]);
});

test('spans that link to each other in a circle have a path all the same', () => {
  const path = pathOf([
    span('page', { at: [0, 20], kind: 'server' }),
    span('page/one', { at: [1, 19], kind: 'client', links: ['two'] }),
    span('page/two', { at: [1, 19], kind: 'client', links: ['one'] }),
  ]);
  expect(path).toEqual(['page 1', 'two network 18', 'page 1']);
});

test('starts in whole ms, as OpenTelemetry for Node gives them, do not hide that calls followed each other', () => {
  const began = 1_790_000_000_000_000_000n;
  expect(
    pathOf([
      span('page', { began, at: [0, 20.4] }),
      span('page/a', { began, at: [1, 6.7] }),
      span('page/b', { began, at: [6, 20.9] }),
    ]),
  ).toEqual(['page 1', 'a 5', 'b 14.4']);
});

test('a span that its instrumentation ends a hundredth late does not hide that another followed it, nor that it was awaited', () => {
  const spans = (late: number) => [
    span('page', { at: [0, 250], kind: 'server' }),
    span('page/a', { at: [0, 100 + late], kind: 'client' }),
    span('page/b', { at: [100, 250 + late], kind: 'client' }),
  ];
  expect(pathOf(spans(0.9))).toEqual(['a network 100', 'b network 150']);
  expect(pathOf(spans(2))).toEqual(['a network 102', 'page 148']);
});

test('a chain of calls deeper than the stack has a path', () => {
  const deep = 20_000;
  const spans = Array.from({ length: deep }, (_, i) =>
    span(i === 0 ? '0' : `${i - 1}/${i}`, { at: [i / 1e3, (2 * deep - i) / 1e3] }),
  );
  expect(criticalPath(traceOf(spans))).toHaveLength(2 * deep - 1);
});

type Drawn = { parent: number; start: number; length: number; kind: Kind; failed: boolean };

const drawn = fc.record<Drawn>({
  parent: fc.nat(),
  start: fc.nat(40),
  length: fc.nat(30),
  kind: fc.constantFrom('internal', 'server', 'client', 'producer'),
  failed: fc.boolean(),
});

const traces = fc
  .tuple(fc.integer({ min: 1, max: 50 }), fc.array(drawn, { maxLength: 12 }))
  .map(([length, rest]) =>
    [{ parent: -1, start: 0, length, kind: 'server' as Kind, failed: false }, ...rest].map(
      ({ parent, start, length, kind, failed }, i) =>
        span(i === 0 ? '0' : `${parent % i}/${i}`, {
          at: [start / 1e6, (start + length) / 1e6],
          kind,
          failed,
        }),
    ),
  );

test('the path is what going back through a trace ns by ns finds', () => {
  fc.assert(
    fc.property(traces, (spans) => {
      const path = criticalPath(traceOf(spans.toReversed()));
      const byNs = path.flatMap(({ node, from, to }) => Array(to - from).fill(node.span.id) as string[]);
      expect(byNs).toEqual(pathByNs(spans));
    }),
    { numRuns: 2000 },
  );
});

/** Who is on the path in each ns of the root, found without any list in order of time. */
function pathByNs(spans: readonly Span[]): string[] {
  const [root] = spans as [Span];
  const at = ({ start, end }: Span) => [Number(start - root.start), Number(end - root.start)] as const;
  const parentOf = (id: string | undefined) => spans.find((other) => other.id === id);
  const waits = spans.flatMap((span) => {
    const [start, end] = at(span);
    let waiter = parentOf(span.parentId);
    while (waiter?.kind === 'internal' && !waiter.failed && at(waiter)[1] < end) {
      waiter = parentOf(waiter.parentId);
    }
    if (!waiter) return [];
    const until = Math.min(end, at(waiter)[1]);
    const gaveUp = waiter.kind === 'client' || waiter.failed;
    return end <= until || (gaveUp && start < until) ? [{ waiter, span, start, until }] : [];
  });
  const ownerAt = (span: Span, moment: number): string => {
    const [start, end] = at(span);
    let inside: (typeof waits)[number] | undefined;
    for (let now = end; ; now--) {
      if (inside && now <= Math.max(inside.start, start)) inside = undefined;
      inside ??= waits
        .filter((wait) => wait.waiter === span && wait.until === now && wait.start < now)
        .sort((a, b) => a.start - b.start || (a.span.id < b.span.id ? -1 : 1))[0];
      if (now === moment) return inside ? ownerAt(inside.span, moment) : span.id;
    }
  };
  return Array.from({ length: at(root)[1] }, (_, i) => ownerAt(root, i + 1));
}

test('with waits, links, parallel calls and clocks that differ the stretches fill the root’s duration exactly', () => {
  const wait = fc.option(fc.nat(20), { nil: undefined });
  const any = fc.record({
    id: fc.nat(12),
    parent: fc.nat(12),
    link: fc.nat(12),
    start: fc.integer({ min: -20, max: 60 }),
    length: fc.nat(40),
    kind: fc.constantFrom<Kind>('internal', 'server', 'client', 'producer', 'consumer'),
    service: fc.constantFrom('a', 'b', 'c'),
    failed: fc.boolean(),
    attempt: fc.option(fc.nat(3), { nil: undefined }),
    role: fc.constantFrom(undefined, 'database' as const, 'proxy' as const),
    waits: fc.record({ coalesce: wait, queue: wait, admission: wait, pool: wait, eventloop: wait }),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(1, 1_000_000),
      fc.integer({ min: 1, max: 60 }),
      fc.array(any, { maxLength: 16 }),
      (unit, length, rest) => {
        const ms = unit / 1e6;
        const began = 1_790_000_000_000_000_000n;
        const trace = traceOf([
          span('root', { began, at: [0, length * ms] }),
          ...rest.map(({ id, parent, link, start, length, waits, role, attempt, ...other }) =>
            span(`${parent === 0 ? 'root' : parent}/${id}`, {
              began,
              at: [start * ms, (start + length * 1.1) * ms],
              links: [String(link)],
              ...other,
              ...(role && { role }),
              ...(attempt !== undefined && { attempt }),
              waits: waits as NonNullable<Span['waits']>,
            }),
          ),
        ]);
        let at = 0;
        for (const { from, to } of criticalPath(trace)) {
          expect(from).toBe(at);
          expect(to).toBeGreaterThan(from);
          at = to;
        }
        expect(at).toBe(trace.root.end);
      },
    ),
    { numRuns: 2000 },
  );
});
