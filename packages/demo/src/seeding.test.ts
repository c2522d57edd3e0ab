import { expect, test } from 'vitest';
import { wantsDemoData } from './seeding.ts';

test('demo data is on outside production and off in it', () => {
  expect(wantsDemoData(undefined, undefined)).toBe(true);
  expect(wantsDemoData(undefined, 'test')).toBe(true);
  expect(wantsDemoData(undefined, 'production')).toBe(false);
});

test('the setting decides outside production', () => {
  expect(wantsDemoData(false, undefined)).toBe(false);
  expect(wantsDemoData(true, undefined)).toBe(true);
});

test('production refuses demo data and says what to do', () => {
  expect(wantsDemoData(false, 'production')).toBe(false);
  expect(() => wantsDemoData(true, 'production')).toThrow(/unset DEMO_DATA/);
});
