import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PriceState, saleEndSeconds, toPay, toPriceResponse, toPriceUpdate } from './price.ts';

const state = (change: Partial<PriceState>): PriceState => ({
  productId: 7n,
  currency: 'INR',
  baseMinor: 19_999n,
  percentOff: 0,
  saleEndsAt: null,
  ...change,
});

test.each([
  // base, sale, segment, to pay: the sale first, then the discount, each rounded half up.
  [19_999n, 0, 'standard', 19_999n],
  [19_999n, 0, 'vip', 17_999n], // 17 999.1
  [19_999n, 0, 'wholesale', 15_999n], // 15 999.2
  [19_999n, 33, 'standard', 13_399n], // 13 399.33
  [19_999n, 33, 'vip', 12_059n], // 13 399 less 10 % is 12 059.1
  [5n, 50, 'standard', 3n], // 2.5 goes up
  [9n, 50, 'vip', 5n], // 4.5 goes up, less 10 % 4.5 goes up; the discount first would make it 4
  [3n, 50, 'wholesale', 2n], // 1.5 goes up, less 20 % is 1.6; in one step 1.2 would make it 1
  [1n, 99, 'standard', 0n],
  [0n, 50, 'vip', 0n],
  [10n ** 12n, 1, 'wholesale', 792_000_000_000n],
] as const)('%s less %s %% for %s is %s', (baseMinor, percentOff, segment, price) => {
  expect(toPay(state({ baseMinor, percentOff }), segment)).toBe(price);
});

test('a price is never below 0, never above its base, and never falls when the base rises', () => {
  const price = (baseMinor: bigint, percentOff: number, segment: 'standard' | 'vip' | 'wholesale') =>
    toPay(state({ baseMinor, percentOff }), segment);
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 12n }),
      fc.integer({ min: 0, max: 99 }),
      fc.constantFrom('standard', 'vip', 'wholesale'),
      (base, percent, segment) => {
        const paid = price(base, percent, segment);
        return paid >= 0n && paid <= base && paid <= price(base + 1n, percent, segment);
      },
    ),
  );
});

test("a sale's end is given in seconds, a part of one rounded up", () => {
  expect(saleEndSeconds(state({ saleEndsAt: new Date(2_000) }))).toBe(2n);
  expect(saleEndSeconds(state({ saleEndsAt: new Date(2_001) }))).toBe(3n);
  expect(saleEndSeconds(state({ saleEndsAt: null }))).toBe(0n);
});

test('an answer carries doubles with the decimals of its currency', () => {
  const sale = { percentOff: 25, saleEndsAt: new Date(60_000) };
  expect(toPriceResponse(state({ ...sale, currency: 'EUR', baseMinor: 1_999n }), 'vip')).toEqual({
    productId: 7n,
    basePrice: 19.99,
    discountedPrice: 13.49,
    isOnSale: true,
    saleEndsAt: 60n,
    currency: 'EUR',
  });
  expect(toPriceResponse(state({ currency: 'JPY', baseMinor: 1_999n }), 'standard')).toMatchObject({
    basePrice: 1999,
    discountedPrice: 1999,
    isOnSale: false,
    saleEndsAt: 0n,
  });
});

test('an update is the answer at a position, with its reason', () => {
  const sold = state({ percentOff: 10, saleEndsAt: new Date(5_000) });
  const { discountedPrice, ...rest } = toPriceResponse(sold, 'wholesale');
  expect(toPriceUpdate(sold, 'wholesale', 'sale_started', 42n)).toEqual({
    ...rest,
    traceparent: '',
    newPrice: discountedPrice,
    reason: 'sale_started',
    sequence: 42n,
  });
});
