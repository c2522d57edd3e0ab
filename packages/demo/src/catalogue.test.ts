import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { catalogue, product, productCount, warehouses } from './catalogue.ts';
import { categories } from './categories.ts';

const all = catalogue();

test('is the same on every run and machine', () => {
  const text = JSON.stringify(all, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
  // Whoever changes the catalogue on purpose pastes the new hash here.
  expect(createHash('sha256').update(text).digest('hex')).toBe(
    '2cbbeb993bec27e502f0b5cfcb84ef039cbb07c928f81a7b94c7a51fbcb561b4',
  );
});

test('a product read alone is the one in the catalogue', () => {
  expect(product(1)).toEqual(all[0]);
  expect(product(productCount)).toEqual(all.at(-1));
  for (const number of [0, productCount + 1, 1.5, Number.NaN])
    expect(() => product(number)).toThrow(RangeError);
});

test('has 10,000 products with unique ids and names', () => {
  expect(all.map(({ productId }) => productId)).toEqual(
    Array.from({ length: 10_000 }, (_, i) => BigInt(i + 1)),
  );
  expect(new Set(all.map(({ name }) => name)).size).toBe(10_000);
});

test('spreads them over all categories and leaves no blank in a text', () => {
  for (const category of categories) {
    const share = all.filter((one) => one.category === category.name).length;
    expect(share).toBeGreaterThan(800);
  }
  for (const { name, description } of all) expect(`${name} ${description}`).not.toMatch(/[{}]|undefined/);
});

test('every price is a charm price within its range', () => {
  for (const { prices } of all) {
    expect(prices.INR % 1000n).toBe(900n);
    for (const currency of ['USD', 'EUR', 'GBP'] as const) expect(prices[currency] % 100n).toBe(99n);
    expect(prices.JPY % 10n).toBe(9n);
    expect(prices.INR).toBeGreaterThanOrEqual(7900n);
    expect(prices.INR).toBeLessThanOrEqual(9_999_900n);
  }
});

test('every product has 0 to 500 pieces in each warehouse, and some have none', () => {
  const stocks = all.flatMap(({ stock }) => Object.entries(stock));
  expect(stocks).toHaveLength(10_000 * warehouses.length);
  for (const [, pieces] of stocks)
    expect(pieces).toSatisfy((n: number) => Number.isInteger(n) && n >= 0 && n <= 500);
  expect(stocks.filter(([, pieces]) => pieces === 0).length).toBeGreaterThan(2000);
});

test('the warehouses are listed in the order of their ids', () => {
  const ids = warehouses.map(({ warehouseId }) => warehouseId);
  expect(ids).toEqual([...ids].sort());
});
