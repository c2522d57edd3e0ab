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

test('traces that are long go before they are many, one that is longer than all may be goes at once', () => {
  const store = openStore({ traces: 10_000, bytes: 10_000 });
  for (let id = 0; id < 100; id++) store.add(exported({ traceId: String(id), name: 'x'.repeat(900) }));
  expect(store.traces).toBe(10);
  expect(store.bytes).toBeLessThanOrEqual(10_000);
  store.add(exported({ traceId: 'long', name: 'x'.repeat(20_000) }));
  expect({ traces: store.traces, bytes: store.bytes }).toEqual({ traces: 0, bytes: 0 });
});
