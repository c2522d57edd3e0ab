import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyse } from './analysis.ts';
import { bandNames, sliceBand, tracesOfBand } from './bands.ts';
import { reportOf } from './report.ts';
import { evenSample } from './sample.ts';
import { pageViews } from './shop.testing.ts';
import { span } from './spans.testing.ts';

/** Traces of one span each that take so many ms. */
const lasting = (durations: readonly number[]) =>
  durations.map((ms, i) => span('page', { traceId: String(i), at: [0, ms], kind: 'server' }));

function analysed(spans: Parameters<ReturnType<typeof analyse>['add']>[0], limits = {}, operation?: string) {
  const analysis = analyse(operation, limits);
  for (let i = 0; i < spans.length; i += 7) analysis.add(spans.slice(i, i + 7));
  return analysis.finish();
}

test('a report has the parts it is said to have, and every slice says what it is', () => {
  const report = reportOf(analysed(pageViews({ seed: 1, views: 40 })));
  expect(Object.keys(report)).toEqual(['traces', 'spans', 'skipped', 'bands', 'findings']);
  expect(report).toMatchObject({ traces: 40, skipped: [] });
  expect(report.bands.map(({ band }) => band)).toEqual(['p50', 'p90', 'p99']);
  expect(report.bands[0]?.slices[0]).toEqual({
    service: 'pricing',
    operation: 'SELECT prices',
    cause: 'database',
    ms: expect.any(Number),
    share: expect.any(Number),
  });
});

test('quantiles are those of the nearest rank', () => {
  const { bands } = reportOf(analysed(lasting(Array.from({ length: 200 }, (_, i) => 200 - i))));
  expect(bands.map(({ durationMs }) => durationMs)).toEqual([100, 180, 198]);
  expect(reportOf(analysed(lasting([7]))).bands.map(({ durationMs }) => durationMs)).toEqual([7, 7, 7]);
});

test('a band is made of the traces about its quantile', () => {
  const { sample } = analysed(lasting(Array.from({ length: 400 }, (_, i) => i + 1)));
  const ranges = bandNames.map((band) => {
    const { traces } = tracesOfBand(sample, band);
    return [traces[0]?.durationNs, traces.at(-1)?.durationNs].map((ns = 0) => ns / 1e6);
  });
  expect(ranges).toEqual([
    [151, 250],
    [351, 370],
    [396, 397],
  ]);
});

test('the slices of a band sum to its duration exactly, in whole ns', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 1e6 }), (views, seed) => {
      const { sample } = analysed(pageViews({ seed, views }));
      for (const name of bandNames) {
        const { durationMs, slices } = sliceBand(name, tracesOfBand(sample, name));
        expect(slices.reduce((ns, { ms }) => ns + Math.round(ms * 1e6), 0)).toBe(
          Math.round(durationMs * 1e6),
        );
        expect(slices.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
      }
    }),
    { numRuns: 60 },
  );
});

test('a trace that cannot be read is named with the reason', () => {
  const analysis = analysed([
    ...lasting([5]),
    span('x/a', { traceId: 'lost', at: [0, 1] }),
    span('x/b', { traceId: 'lost', at: [0, 1] }),
  ]);
  expect(analysis).toMatchObject({ traces: 1, spans: 1 });
  expect(analysis.skipped).toEqual([{ traceId: 'lost', why: 'its root span is missing' }]);
});

test('only the traces of one operation are looked into when one is named', () => {
  const spans = [
    ...lasting([5, 6]),
    span('order', { traceId: 'other', at: [0, 3], operation: 'POST /orders' }),
  ];
  expect(analysed(spans, {}, 'POST /orders')).toMatchObject({ traces: 1, spans: 1, skipped: [] });
});

test('when too many spans are open the trace that has had none for the longest is closed, and what then comes for it told', () => {
  const put = (traceId: string, path: string) => span(path, { traceId, at: [0, path === 'page' ? 9 : 5] });
  const others = Array.from({ length: 20 }, (_, i) => put(`${i}`, 'page'));
  const spans = [
    ...['page', 'page/a'].map((path) => put('whole', path)),
    ...['page/a', 'page/b'].map((path) => put('torn', path)),
    ...['page', 'page/a'].map((path) => put('more', path)),
    ...others,
    put('torn', 'page'),
    ...['page/b', 'page/c'].map((path) => put('more', path)),
  ];
  const analysis = analysed(spans, { maxOpenSpans: 10 });
  expect(analysis.skipped).toEqual([
    { traceId: 'torn', why: 'its root span is missing' },
    {
      traceId: 'more',
      why: 'counted without spans that came after it was closed, since more than 10 spans of open traces were held',
    },
  ]);
  expect(analysis).toMatchObject({ traces: 22, spans: 24 });
});

test('a trace that spans keep coming for stays open, however old it is', () => {
  const spans = Array.from({ length: 60 }, (_, i) => [
    span(i === 0 ? 'page' : `page/${i}`, { traceId: 'old', at: [0, 90 - i] }),
    ...Array.from({ length: 3 }, (_, j) => span('page', { traceId: `${i} ${j}`, at: [0, 9] })),
  ]);
  expect(analysed(spans.flat(), { maxOpenSpans: 100 })).toMatchObject({ skipped: [], spans: 240 });
});

test('a trace closed early that misses spans is left out', () => {
  const spans = [
    span('page', { traceId: 'torn', at: [0, 9] }),
    span('lost/a', { traceId: 'torn', at: [1, 2] }),
    ...Array.from({ length: 30 }, (_, i) => span('page', { traceId: `${i}`, at: [0, 9] })),
  ];
  expect(analysed(spans, { maxOpenSpans: 10 }).skipped).toEqual([
    {
      traceId: 'torn',
      why: 'closed before it was complete, since more than 10 spans of open traces were held',
    },
  ]);
});

test('of more traces than are kept an even sample is looked into, and all are counted', () => {
  const analysis = analysed(lasting(Array.from({ length: 5000 }, (_, i) => i + 1)), { maxTraces: 500 });
  expect(analysis).toMatchObject({ traces: 5000, spans: 5000 });
  expect(analysis.sample).toHaveLength(500);
  const [p50] = reportOf(analysis).bands;
  expect(Math.abs((p50?.durationMs ?? 0) - 2500)).toBeLessThan(250);
});

test('a sample stays even when it has to become smaller', () => {
  const times = new Array<number>(400).fill(0);
  for (let seed = 0; seed < 400; seed++) {
    const sample = evenSample<number>(1000, 100, seed);
    for (let i = 0; i < 400; i++) sample.offer(1, () => i);
    expect(sample.kept.length).toBeLessThanOrEqual(100);
    for (const kept of sample.kept) times[kept] = (times[kept] as number) + 1;
  }
  const sum = (from: number) => times.slice(from, from + 100).reduce((all, each) => all + each, 0);
  const quarters = [sum(0), sum(100), sum(200), sum(300)];
  for (const quarter of quarters) {
    expect(quarter / quarters.reduce((all, each) => all + each, 0)).toBeCloseTo(0.25, 1);
  }
});
