import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Currency, currencies, decimalsOf, fromMinor, isCurrency, toMinor } from './money.ts';

const currency = fc.constantFrom(...(Object.keys(currencies) as Currency[]));

test.each(['', 'inr', 'XXX', 'INR ', '__proto__', 'toString'])('%j is no currency of the shop', (code) => {
  expect(isCurrency(code)).toBe(false);
});

test('yen have no decimals, the others two', () => {
  expect(isCurrency('JPY')).toBe(true);
  expect([decimalsOf('JPY'), decimalsOf('INR')]).toEqual([0, 2]);
});

test.each([
  [19.99, 'USD', 1999n],
  [1.15, 'EUR', 115n],
  [8.29, 'GBP', 829n],
  [0.29, 'INR', 29n],
  [1980, 'JPY', 1980n],
  [-0, 'INR', 0n],
  [-4.35, 'USD', -435n],
  [9_999_999_999_999.99, 'USD', 999_999_999_999_999n],
] as const)('%d %s is %s minor units', (amount, code, minor) => {
  expect(toMinor(amount, code)).toBe(minor);
});

test.each([
  [Number.NaN, 'INR'],
  [Number.POSITIVE_INFINITY, 'INR'],
  [Number.NEGATIVE_INFINITY, 'JPY'],
  [19.999, 'USD'],
  [0.001, 'GBP'],
  [0.1 + 0.2, 'INR'],
  [1.5, 'JPY'],
  [1e-7, 'INR'],
  [1e20, 'USD'],
  [1e15, 'JPY'],
  [1e13, 'USD'],
] as const)('%d %s is refused', (amount, code) => {
  expect(() => toMinor(amount, code)).toThrow(RangeError);
});

test('an amount as people write it is the minor units that it says', () => {
  const parts = fc.tuple(fc.nat(10 ** 12), fc.nat(99));
  fc.assert(
    fc.property(parts, fc.constantFrom('INR', 'USD', 'EUR', 'GBP'), ([units, hundredths], code) => {
      const written = `${units}.${String(hundredths).padStart(2, '0')}`;
      expect(toMinor(Number(written), code)).toBe(BigInt(written.replace('.', '')));
    }),
  );
});

test('minor units come back from an amount, up to 15 digits', () => {
  const max = 10n ** 15n - 1n;
  fc.assert(
    fc.property(fc.bigInt({ min: -max, max }), currency, (minor, code) => {
      expect(toMinor(fromMinor(minor, code), code)).toBe(minor);
    }),
  );
  expect(() => fromMinor(max + 1n, 'INR')).toThrow(RangeError);
  expect(() => fromMinor(-max - 1n, 'JPY')).toThrow(RangeError);
});
