import type { PricingService } from '@hotpath/contracts';
import { testQueries } from '@hotpath/testing/vitest';
import { afterAll } from 'vitest';
import { next, openTestDatabase, requestId, startReplica } from './testing.ts';

testQueries({
  open: openTestDatabase,

  // 100,000 products; 10,000 sales of the past and 100 that run or are to come; 20,000 changes and answers.
  contents: `
    insert into prices (product_id, currency, base_minor)
      select id, currency, id * 100 from generate_series(1, 100000) id, unnest(array['INR', 'EUR']) currency;
    insert into sales (sale_id, percent_off, starts_at, ends_at, started, ended)
      select gen_random_uuid(), 10, now() + (n - 10000) * interval '1 minute', now() + (n - 9999) * interval '1 minute',
        n <= 10000, n < 10000
      from generate_series(1, 10100) n;
    insert into sale_products (product_id, sale_id)
      select row_number() over () * 7, sale_id from sales, generate_series(1, 100) where not ended;
    insert into events (product_id, currency, base_minor, percent_off, reason)
      select id, 'INR', id, 0, 'price_changed' from generate_series(1, 20000) id;
    insert into idempotency (caller, method, request_id, request_sha256, answer)
      select 'gateway', '/ecommerce.PricingService/SetPrice', id, '', '' from generate_series(1, 20000) id`,

  small: { feed_trims: 'one row' },

  async serve(db) {
    const { client, close } = await startReplica(db);
    afterAll(close);
    const startSale = (inMs = 0) =>
      client.startSale({
        requestId: requestId(),
        productIds: productIds(500),
        percentOff: 20,
        startsAtMs: BigInt(Date.now() + inMs),
        endsAtMs: BigInt(Date.now() + 60_000),
      });
    return {
      getPrice: () => client.getPrice({ productId: 70n }),
      async getPricesBatch() {
        for (const toCache of [false, true]) {
          await client.getPricesBatch({
            toCache,
            requests: productIds(500).map((productId) => ({ productId })),
          });
        }
        await client.getPricesBatch({ toCache: true });
      },
      async watchPrice() {
        const watch = client.watchPrice({ productId: 71n, resumeAfter: 1n })[Symbol.asyncIterator]();
        await next(watch);
        await client.setPrice({ requestId: requestId(), productId: 71n, price: inr(1n) });
        await next(watch);
        await watch.return?.();
      },
      async watchChanges() {
        const watch = client.watchChanges({ resumeAfter: 19_900n })[Symbol.asyncIterator]();
        await next(watch);
        await watch.return?.();
      },
      importPrices: () =>
        client.importPrices(
          requests({
            requestId: requestId(),
            lines: productIds(1000).map((productId, i) => ({ line: BigInt(i), productId, price: inr(5n) })),
          }),
        ),
      quoteCart: () =>
        next(client.quoteCart(requests({ productId: 70n, quantity: 1 }))[Symbol.asyncIterator]()),
      async setPrice() {
        const request = { productId: 70n, price: inr(1n) };
        const first = { ...request, requestId: requestId() };
        for (const each of [first, first, { ...request, requestId: requestId() }])
          await client.setPrice(each);
      },
      async startSale() {
        await startSale();
        await startSale(30_000);
      },
      endSale: async () => client.endSale({ requestId: requestId(), saleId: (await startSale()).saleId }),
    } satisfies Record<keyof typeof PricingService.methods, () => Promise<unknown>>;
  },

  proof: { drop: 'drop index events_of_product', rpc: 'watchPrice', table: 'events' },
});

const inr = (minorUnits: bigint) => ({ minorUnits, currency: 'INR' });

const productIds = (count: number) => Array.from({ length: count }, (_, i) => BigInt(i * 97 + 1));

async function* requests<T>(...items: T[]) {
  yield* items;
}
