import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { openStore } from './store.ts';

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
const exported = (...spans: readonly { traceId?: string; spanId?: string; name?: string }[]) => ({
  resourceSpans: [{ resource, scopeSpans: [{ spans }] }],
});

test('a trace is one document, whatever exports its spans came in', () => {
  const store = openStore();
  const added = [
    store.add(exported({ traceId: 'a', spanId: '1' }, { traceId: 'b', spanId: '2' })),
    store.add(exported({ traceId: 'a', spanId: '3' })),
  ];
  expect(added).toEqual([2, 1]);
  const [first, ...others] = [...store.documents()].map((text) => JSON.parse(text));
  expect(others).toHaveLength(1);
  expect(first.resourceSpans).toEqual([
    { resource, scopeSpans: [{ spans: [{ traceId: 'a', spanId: '1' }] }] },
    { resource, scopeSpans: [{ spans: [{ traceId: 'a', spanId: '3' }] }] },
  ]);
});

test('of more traces than it may hold it keeps the newest', () => {
  const store = openStore({ traces: 3, bytes: 1e6 });
  for (let id = 0; id < 10; id++) store.add(exported({ traceId: String(id), spanId: '1' }));
  expect([...store.documents()].map((text) => /"traceId":"(\d)"/.exec(text)?.[1])).toEqual(['7', '8', '9']);
});

test('traces that are long go before they are many', () => {
  const store = openStore({ traces: 10_000, bytes: 40_000 });
  for (let id = 0; id < 100; id++) store.add(exported({ traceId: String(id), name: 'x'.repeat(700) }));
  expect(store.traces).toBe(35);
  expect(store.bytes).toBeLessThanOrEqual(40_000);
});

test('one trace that is far longer than others goes, and they stay', () => {
  const store = openStore({ traces: 10_000, bytes: 20_000 });
  store.add(exported({ traceId: 'short' }));
  const { bytes } = store;
  store.add(exported({ traceId: 'long', name: 'x'.repeat(2_000) }));
  expect({ traces: store.traces, bytes: store.bytes }).toEqual({ traces: 1, bytes });
});

/** Long spans, many exports with a span that says nothing, and a process that is another each time. */
const floods = {
  'of long spans': (id: number) => exported({ traceId: String(id), name: 'Ж'.repeat(1_000) }),
  'of spans that say nothing': (id: number) => exported({ traceId: String(id % 2_000) }),
  'of processes': (id: number) => ({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'pod', value: { stringValue: `${id} ${'x'.repeat(1_000)}` } }] },
        scopeSpans: [{ spans: [{ traceId: String(id % 100) }] }],
      },
    ],
  }),
};

test.each(Object.entries(floods))('no flood %s takes more memory than it may', async (_, flood) => {
  const limit = 4 * 1024 * 1024;
  const before = memory();
  const store = openStore({ traces: 10_000, bytes: limit });
  for (let id = 0; id < 50_000; id++) store.add(flood(id));
  await expect.poll(() => memory() - before, { timeout: 10_000 }).toBeLessThan(2 * limit);
  expect(store.traces).toBeGreaterThan(0); // and it was not collected before
});

function memory(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
