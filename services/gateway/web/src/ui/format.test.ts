import { expect, test } from 'vitest';
import { countdown, money } from './format.ts';

test.each([
  [-1, '00:00'],
  [1, '00:01'],
  [59_000, '00:59'],
  [299_001, '05:00'],
  [3_600_000, '1:00:00'],
  [86_399_000, '23:59:59'],
  [2 * 86_400_000 + 3_661_000, '2 d 01:01:01'],
])('%d ms are written as %s', (ms, text) => {
  expect(countdown(ms)).toBe(text);
});

test('an amount is written with its currency, and no amount in words', () => {
  expect(money(12.5, 'USD')).toMatch(/\$\s?12[.,]50/);
  expect(money(1200, 'JPY')).toMatch(/¥\s?1[.,]?200$/);
  expect(money(null, 'EUR')).toBe('no price in EUR');
});
