import type { QuoteCartRequest } from '@hotpath/contracts';
import { Code } from '@hotpath/rpc';
import { expect, test } from 'vitest';
import { changeCart, emptyCart, quote } from './cart.ts';
import type { PriceState } from './price.ts';

const change = (fields: Partial<QuoteCartRequest>): QuoteCartRequest => ({
  productId: 0n,
  quantity: 0,
  currency: '',
  customerSegment: '',
  ...fields,
});
const put = (productId: bigint, quantity: number) => change({ productId, quantity });
const cartOf = (...changes: QuoteCartRequest[]) => changes.reduce(changeCart, emptyCart);
const refusal = (field: string) =>
  expect.objectContaining({ code: Code.INVALID_ARGUMENT, message: expect.stringContaining(field) });

test('lines stay in the order they were first put in', () => {
  const cart = cartOf(put(3n, 1), put(1n, 1), put(2n, 1), put(3n, 9), put(1n, 0));
  expect([...cart.quantities]).toEqual([
    [3n, 9],
    [2n, 1],
  ]);
});

test('fields at their default change nothing', () => {
  const cart = cartOf(put(3n, 1), change({ currency: 'USD' }), change({ customerSegment: 'vip' }));
  expect(changeCart(cart, change({}))).toEqual(cart);
  expect(changeCart(cart, change({ quantity: 5 }))).toEqual(cart);
});

test('an unknown segment is standard', () => {
  expect(cartOf(change({ customerSegment: 'vip' }), change({ customerSegment: 'gold' })).segment).toBe(
    'standard',
  );
});

test('bad fields are refused by name', () => {
  expect(() => cartOf(put(-1n, 1))).toThrow(refusal('product_id'));
  for (const quantity of [-1, 1_000, 2 ** 31 - 1]) {
    expect(() => cartOf(put(1n, quantity))).toThrow(refusal('quantity'));
  }
  for (const currency of ['usd', 'XXX', '__proto__', 'U'.repeat(10_000)]) {
    expect(() => cartOf(change({ currency }))).toThrow(refusal('currency'));
  }
});

test('a cart holds 100 lines; the 101st is refused, a change of the 100th is not', () => {
  const full = cartOf(...Array.from({ length: 100 }, (_, i) => put(BigInt(i + 1), 1)));
  expect(() => changeCart(full, put(101n, 1))).toThrow(refusal('product_id'));
  expect(changeCart(full, put(100n, 2)).quantities.get(100n)).toBe(2);
});

test('a quote multiplies the rounded price and sums the lines', () => {
  const price = (productId: bigint, baseMinor: bigint, percentOff: number): [bigint, PriceState] => [
    productId,
    { productId, currency: 'USD', baseMinor, percentOff, saleEndsAt: percentOff ? new Date(1_500) : null },
  ];
  const cart = cartOf(put(1n, 3), put(2n, 999), change({ currency: 'USD', customerSegment: 'vip' }));
  const usd = (minorUnits: bigint) => ({ minorUnits, currency: 'USD' });
  expect(quote(cart, new Map([price(1n, 105n, 0), price(2n, 10n ** 12n, 50)]))).toEqual({
    lines: [
      {
        productId: 1n,
        quantity: 3,
        basePrice: usd(105n),
        unitPrice: usd(95n), // 94.5 goes up
        lineTotal: usd(285n),
        isOnSale: false,
        saleEndsAt: 0n,
      },
      {
        productId: 2n,
        quantity: 999,
        basePrice: usd(10n ** 12n),
        unitPrice: usd(450_000_000_000n),
        lineTotal: usd(449_550_000_000_000n),
        isOnSale: true,
        saleEndsAt: 2n,
      },
    ],
    total: usd(449_550_000_000_285n),
  });
});
