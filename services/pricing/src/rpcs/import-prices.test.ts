import type { ImportPricesRequest, Init } from '@hotpath/contracts';
import { Code } from '@hotpath/rpc';
import { afterAll, expect, test } from 'vitest';
import { next, requestId, startPricing, take } from '../testing.ts';

const pricing = await startPricing();
afterAll(() => pricing.close());

type Request = Init<ImportPricesRequest>;

async function* sent(...requests: Request[]) {
  yield* requests;
}

const inr = (minorUnits: bigint) => ({ minorUnits, currency: 'INR' });

test('lines are stored and told, and only those that change something', async () => {
  const productId = await pricing.product({ INR: 1_000n, USD: 100n });
  const watcher = pricing.client.watchPrice({ productId })[Symbol.asyncIterator]();
  await next(watcher);
  const { summary } = await pricing.client.importPrices(
    sent(
      {
        requestId: requestId(),
        lines: [
          { line: 1n, productId, price: inr(2_000n) },
          { line: 2n, productId, price: { minorUnits: 100n, currency: 'USD' } },
        ],
      },
      { lines: [{ line: 3n, productId: 5_000_001n, price: inr(7n) }] },
      { lines: [] },
      { lines: [{ line: 4n, productId, price: inr(3_000n) }] },
    ),
  );
  expect(summary).toEqual({ received: 4n, stored: 4n, changed: 3n, failed: 0n, errors: [], replayed: false });
  expect((await take(watcher, 2)).map(({ newPrice, reason }) => [newPrice, reason])).toEqual([
    [20, 'price_changed'],
    [30, 'price_changed'],
  ]);
  expect((await pricing.client.getPrice({ productId: 5_000_001n })).basePrice).toBe(0.07);
  const events = await pricing.db.query('select from events where product_id = $1', [productId]);
  expect(events).toHaveLength(2);
  await watcher.return?.();
});

test('of lines for the same price in one message the last wins', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const { summary } = await pricing.client.importPrices(
    sent({
      requestId: requestId(),
      lines: [
        { line: 1n, productId, price: inr(5n) },
        { line: 2n, productId, price: { minorUnits: 8n, currency: '' } },
        { line: 3n, productId, price: inr(6n) },
      ],
    }),
  );
  expect(summary).toMatchObject({ received: 3n, stored: 3n, changed: 1n });
  expect((await pricing.client.getPrice({ productId })).basePrice).toBe(0.06);
});

test('bad lines are reported by their line and the good ones kept', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const bad = [
    [{ productId: 0n, price: inr(1n) }, 'product_id'],
    [{ productId: -(2n ** 63n), price: inr(1n) }, 'product_id'],
    [{ productId }, 'price'],
    [{ productId, price: inr(-1n) }, 'price.minor_units'],
    [{ productId, price: inr(10n ** 12n + 1n) }, 'price.minor_units'],
    [{ productId, price: { minorUnits: 1n, currency: 'rupee' } }, 'price.currency'],
    [{ productId, price: { minorUnits: 1n, currency: '\0' } }, 'price.currency'],
    [{ productId, price: { minorUnits: 1n, currency: 'X'.repeat(10_000) } }, 'price.currency'],
  ] as const;
  const { summary } = await pricing.client.importPrices(
    sent({
      requestId: requestId(),
      lines: [
        ...bad.map(([fields], i) => ({ line: BigInt(i + 10), ...fields })),
        { line: 99n, productId, price: inr(1_234n) },
      ],
    }),
  );
  expect(summary).toEqual({
    received: BigInt(bad.length + 1),
    stored: 1n,
    changed: 1n,
    failed: BigInt(bad.length),
    errors: bad.map(([, field], i) => ({
      line: BigInt(i + 10),
      code: Code.INVALID_ARGUMENT,
      message: expect.stringContaining(field),
    })),
    replayed: false,
  });
  expect((await pricing.client.getPrice({ productId })).basePrice).toBe(12.34);
});

test('lines whose prices stand already are not written, nor even locked', async () => {
  const productId = await pricing.product({ INR: 1_000n, EUR: 500n });
  const rows = () =>
    pricing.db.query('select *, ctid, xmin, xmax from prices where product_id = $1', [productId]);
  const before = await rows();
  const { summary } = await pricing.client.importPrices(
    sent({
      requestId: requestId(),
      lines: [
        { line: 1n, productId, price: inr(1_000n) },
        { line: 2n, productId, price: { minorUnits: 500n, currency: 'EUR' } },
      ],
    }),
  );
  expect(summary).toMatchObject({ stored: 2n, changed: 0n });
  expect(await rows()).toEqual(before);
});

test('a repeat of a finished import gets its answer and stores nothing', async () => {
  const productId = await pricing.product({ INR: 1_000n });
  const request = { requestId: requestId(), lines: [{ line: 1n, productId, price: inr(1_500n) }] };
  const first = await pricing.client.importPrices(sent(request));
  await pricing.client.setPrice({ requestId: requestId(), productId, price: inr(1_600n) });
  const { summary } = await pricing.client.importPrices(sent(request, request, request));
  expect(summary).toEqual({ ...first.summary, replayed: true });
  expect((await pricing.client.getPrice({ productId })).basePrice).toBe(16);
});

test('an import needs a request id and at most 1,000 lines in a message', async () => {
  const lines = Array.from({ length: 1_001 }, (_, i) => ({ line: BigInt(i), productId: 1n, price: inr(1n) }));
  for (const [requests, field] of [
    [sent({ lines: [] }), 'request_id'],
    [sent(), 'request_id'],
    [sent({ requestId: 'r'.repeat(201) }), 'request_id'],
    [sent({ requestId: requestId(), lines }), 'lines'],
  ] as const) {
    await expect(pricing.client.importPrices(requests)).rejects.toMatchObject({
      code: Code.INVALID_ARGUMENT,
      message: expect.stringContaining(field),
    });
  }
});
