import { expect, test } from 'vitest';
import { traitsOf, type Value } from './span.ts';

const traits = (attributes: Record<string, Value>, service = 'shop') =>
  traitsOf(service, (name) => attributes[name]);

test('a database is told by its present attribute and by the one before', () => {
  expect(traits({ 'db.system.name': 'postgresql' })).toEqual({ role: 'database' });
  expect(traits({ 'db.system': 'mysql' })).toEqual({ role: 'database' });
});

test('a hop through the mesh is told by its service, or as Envoy tells it', () => {
  expect(traits({}, 'linkerd-proxy')).toEqual({ role: 'proxy' });
  expect(traits({ component: 'proxy' })).toEqual({ role: 'proxy' });
  expect(traits({}, 'proxy-settings')).toEqual({});
});

test('waits come in ns; what is no number, or nothing, is no wait', () => {
  expect(
    traits({
      'hotpath.wait.queue_ms': 1.5,
      'hotpath.wait.pool_ms': '2',
      'hotpath.wait.coalesce_ms': 'long',
      'hotpath.wait.admission_ms': 0,
      'hotpath.eventloop_ms': -1,
    }).waits,
  ).toEqual({ queue: 1_500_000, pool: 2_000_000 });
});

test('attempts, resends and budgets are read; half a budget is none', () => {
  expect(traits({ 'hotpath.attempt': 2 })).toEqual({ attempt: 2 });
  expect(traits({ 'http.request.resend_count': 1 })).toEqual({ resends: 1 });
  expect(traits({ 'hotpath.budget.start_ms': 300, 'hotpath.budget.end_ms': -4 })).toEqual({
    budget: { startMs: 300, endMs: -4 },
  });
  expect(traits({ 'hotpath.budget.start_ms': 300 })).toEqual({});
});
