import { expect, test } from 'vitest';
import { summarise } from './outcomes.ts';

test('requests are told apart by how they ended', () => {
  const samples = [
    ...Array.from({ length: 100 }, (_, i) => ({ at: i, ms: i + 1, status: 200 })),
    { at: 1, ms: 1500, status: 504 },
    { at: 2, ms: 1510, status: 504 },
    { at: 3, ms: 2, status: 503 },
    { at: 4, ms: 3, status: 0 },
  ];
  expect(summarise(samples)).toEqual([
    { outcome: 'answered', count: 100, p50: 50, p99: 99, slowest: 100 },
    { outcome: 'deadline', count: 2, p50: 1500, p99: 1510, slowest: 1510 },
    { outcome: 'failed', count: 2, p50: 2, p99: 3, slowest: 3 },
  ]);
  expect(summarise([])).toEqual([]);
});
