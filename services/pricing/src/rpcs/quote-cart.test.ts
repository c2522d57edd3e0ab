import type { QuoteCartRequest } from '@hotpath/contracts';
import { Code } from '@hotpath/rpc';
import { afterAll, expect, test, vi } from 'vitest';
import { next, requestId, startPricing, take } from '../testing.ts';

const pricing = await startPricing();
afterAll(() => pricing.close());

type Change = Partial<QuoteCartRequest>;

/** A cart whose changes are sent one by one. */
function openCart() {
  const sent: Change[] = [];
  let wake = () => {};
  let ended = false;
  async function* changes() {
    for (;;) {
      const change = sent.shift();
      if (change) yield change;
      else if (ended) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
  const quotes = pricing.client.quoteCart(changes())[Symbol.asyncIterator]();
  return {
    send(...all: Change[]) {
      sent.push(...all);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    quotes,
    next: () => next(quotes),
    async leave() {
      ended = true;
      wake();
      await quotes.return?.();
    },
  };
}

const setPrice = (productId: bigint, minorUnits: bigint, currency = 'INR') =>
  pricing.client.setPrice({ requestId: requestId(), productId, price: { minorUnits, currency } });

const inr = (minorUnits: bigint) => ({ minorUnits, currency: 'INR' });

test('each change is answered by the whole cart', async () => {
  const [a, b] = [
    await pricing.product({ INR: 1_005n, JPY: 20n }),
    await pricing.product({ INR: 300n, JPY: 5n }),
  ];
  const cart = openCart();
  cart.send({ productId: b, quantity: 2 });
  expect(await cart.next()).toEqual({
    lines: [
      {
        productId: b,
        quantity: 2,
        basePrice: inr(300n),
        unitPrice: inr(300n),
        lineTotal: inr(600n),
        isOnSale: false,
        saleEndsAt: 0n,
      },
    ],
    total: inr(600n),
    reason: 'changed',
    error: undefined,
  });
  cart.send({ productId: a, quantity: 3 }, { customerSegment: 'vip' }, { currency: 'JPY' }, { productId: b });
  const quotes = await take(cart.quotes, 4);
  expect(quotes.map(({ total }) => total)).toEqual([
    inr(3_615n),
    inr(3_255n), // 3 x 905 (904.5 goes up) and 2 x 270
    { minorUnits: 64n, currency: 'JPY' }, // 3 x 18 and 2 x 5 (4.5 goes up)
    { minorUnits: 54n, currency: 'JPY' },
  ]);
  expect(quotes[0]?.lines.map(({ productId }) => productId)).toEqual([b, a]);
  expect(quotes[3]?.lines.map(({ productId }) => productId)).toEqual([a]);
  await cart.leave();
});

test('the cart is quoted anew when one of its prices moves, and only then', async () => {
  const [a, b] = [await pricing.product({ INR: 1_000n, USD: 10n }), await pricing.product({ INR: 2_000n })];
  const other = await pricing.product({ INR: 1n });
  const cart = openCart();
  cart.send({ productId: a, quantity: 1 }, { productId: b, quantity: 1 });
  await take(cart.quotes, 2);
  const before = pricing.statements.length;
  await setPrice(other, 2n);
  await setPrice(a, 11n, 'USD');
  await setPrice(a, 1_500n);
  const { saleId } = await pricing.client.startSale({
    requestId: requestId(),
    productIds: [b],
    percentOff: 50,
    endsAtMs: BigInt(Date.now() + 60_000),
  });
  await pricing.client.endSale({ requestId: requestId(), saleId });
  expect((await take(cart.quotes, 3)).map(({ reason, total }) => [reason, total?.minorUnits])).toEqual([
    ['price_changed', 3_500n],
    ['sale_started', 2_500n],
    ['sale_ended', 3_500n],
  ]);
  expect(pricing.statements.slice(before).filter(({ sql }) => sql.includes('unnest'))).toEqual([]);
  // What left the cart moves it no more.
  cart.send({ productId: a, quantity: 0 });
  await cart.next();
  await setPrice(a, 1_600n);
  await setPrice(b, 2_100n);
  expect(await cart.next()).toMatchObject({ reason: 'price_changed', total: inr(2_100n) });
  await cart.leave();
});

test('a sale that ends by its time is quoted', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const cart = openCart();
  cart.send({ productId, quantity: 2 });
  await cart.next();
  const endsAtMs = BigInt(Date.now() + 700);
  await pricing.client.startSale({
    requestId: requestId(),
    productIds: [productId],
    percentOff: 10,
    endsAtMs,
  });
  expect(await cart.next()).toMatchObject({
    reason: 'sale_started',
    total: inr(1_800n),
    lines: [{ isOnSale: true }],
  });
  expect(await cart.next()).toMatchObject({
    reason: 'sale_ended',
    total: inr(2_000n),
    lines: [{ isOnSale: false }],
  });
  await cart.leave();
});

test('a bad change is refused, the cart stays as it was and the stream lives', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const inrOnly = await pricing.product({ INR: 500n });
  const cart = openCart();
  cart.send({ productId, quantity: 1 }, { productId: inrOnly, quantity: 1 });
  const before = (await take(cart.quotes, 2))[1];
  const bad = [
    [{ productId: -1n, quantity: 1 }, Code.INVALID_ARGUMENT, 'product_id'],
    [{ productId, quantity: 1_000 }, Code.INVALID_ARGUMENT, 'quantity'],
    [{ productId, quantity: -1 }, Code.INVALID_ARGUMENT, 'quantity'],
    [{ currency: 'inr' }, Code.INVALID_ARGUMENT, 'currency'],
    [{ currency: 'INR\0' }, Code.INVALID_ARGUMENT, 'currency'],
    [{ currency: 'EUR' }, Code.NOT_FOUND, 'has no price in EUR'],
    [{ productId: 2n ** 63n - 1n, quantity: 1 }, Code.NOT_FOUND, '9223372036854775807'],
    [{ productId: 2n ** 53n + 1n, quantity: 1, customerSegment: 'vip' }, Code.NOT_FOUND, '9007199254740993'],
  ] as const;
  for (const [change, code, message] of bad) {
    cart.send(change);
    expect(await cart.next()).toEqual({
      ...before,
      reason: 'refused',
      error: {
        index: 0,
        productId: 'productId' in change ? change.productId : 0n,
        code,
        message: expect.stringContaining(message),
      },
    });
  }
  // A refusal neither loses nor repeats a move of a price.
  for (const minor of [2_000n, 3_000n]) {
    await setPrice(productId, minor);
    const total = inr(minor + 500n);
    expect(await cart.next()).toMatchObject({ reason: 'price_changed', total, error: undefined });
    cart.send({ quantity: 1, currency: 'XXX' });
    expect(await cart.next()).toMatchObject({ reason: 'refused', total });
  }
  await cart.leave();
});

test('a cart takes 100 lines and no more', async () => {
  const ids: bigint[] = [];
  for (let i = 0; i < 101; i++) ids.push(await pricing.product({ INR: 100n }));
  const cart = openCart();
  cart.send(...ids.map((productId) => ({ productId, quantity: 999 })));
  const quotes = await take(cart.quotes, 101);
  expect(quotes[99]).toMatchObject({ reason: 'changed', total: inr(100n * 99_900n) });
  expect(quotes[100]).toMatchObject({ reason: 'refused', error: { code: Code.INVALID_ARGUMENT } });
  expect(quotes[100]?.lines).toHaveLength(100);
  await cart.leave();
});

test('when the client ends its side, what it sent is answered and the stream ends', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const cart = openCart();
  cart.send({ productId, quantity: 1 }, { productId, quantity: 2 });
  cart.end();
  expect((await take(cart.quotes, 2)).map(({ total }) => total?.minorUnits)).toEqual([1_000n, 2_000n]);
  expect((await cart.quotes.next()).done).toBe(true);
});

test('when the client leaves, nothing of the cart is left', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  await vi.waitFor(() => expect(pricing.feed.followers).toBe(0), 20_000);
  const cart = openCart();
  cart.send({ productId, quantity: 1 });
  await cart.next();
  await vi.waitFor(() => expect(pricing.feed.followers).toBe(1), 20_000);
  await cart.leave();
  await vi.waitFor(() => expect(pricing.feed.followers).toBe(0), 20_000);
});

test('a client that stops reading is ended', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const cart = openCart();
  cart.send({ productId, quantity: 1 });
  await cart.next();
  await vi.waitFor(() => expect(pricing.feed.followers).toBe(1), 20_000);
  for (let round = 0; round < 12; round++) {
    await pricing.db.query(
      `insert into events (product_id, currency, base_minor, percent_off, reason)
       select $1, 'INR', minor, 0, 'price_changed' from generate_series(1, 500) minor`,
      [productId],
    );
  }
  await expect(take(cart.quotes, 6_000)).rejects.toMatchObject({ code: Code.RESOURCE_EXHAUSTED });
});

test('a cart behind a trim ends, so that its client sends it again and gets the present prices', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const cart = openCart();
  pricing.afterStatement('running_sale', async () => {
    await setPrice(productId, 2_000n);
    await setPrice(productId, 3_000n);
    await pricing.trim();
  });
  cart.send({ productId, quantity: 1 });
  expect((await cart.next()).total).toEqual(inr(1_000n));
  await expect(cart.next()).rejects.toMatchObject({ code: Code.UNAVAILABLE });
  const again = openCart();
  again.send({ productId, quantity: 1 });
  expect((await again.next()).total).toEqual(inr(3_000n));
  await again.leave();
});

test('a quote is never older than one before it, whatever the order of changes and prices', async () => {
  const productId = await pricing.product({ INR: 1n });
  const cart = openCart();
  const writing = (async () => {
    for (let minor = 2n; minor <= 60n; minor += 1n) {
      await setPrice(productId, minor);
      cart.send({ productId, quantity: 1 + (Number(minor) % 3) });
    }
  })();
  cart.send({ productId, quantity: 1 });
  const shown: bigint[] = [];
  let changed = 0;
  while (changed < 60 || shown.at(-1) !== 60n) {
    const { reason, lines } = await cart.next();
    if (reason === 'changed') changed += 1;
    shown.push(lines[0]?.basePrice?.minorUnits ?? 0n);
  }
  await writing;
  expect(shown).toEqual(shown.toSorted((a, b) => Number(a - b)));
  await cart.leave();
});
