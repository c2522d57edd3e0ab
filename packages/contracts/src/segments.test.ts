import { expect, test } from 'vitest';
import { segments, toSegment } from './segments.ts';

test.each(Object.keys(segments))('%s is a segment', (name) => {
  expect(toSegment(name)).toBe(name);
});

test.each(['', 'gold', 'VIP', ' vip', '__proto__', 'toString', 'constructor'])('%j is standard', (name) => {
  expect(toSegment(name)).toBe('standard');
});
