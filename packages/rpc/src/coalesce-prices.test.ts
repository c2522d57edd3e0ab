import { PricingService } from '@hotpath/contracts';
import { afterEach, expect, test } from 'vitest';
import { openChannel } from './channel.ts';
import { createClient } from './client.ts';
import { coalescePrices } from './coalesce-prices.ts';
import { Code } from './code.ts';
import { type Handlers, implementPart } from './implement.ts';
import { startServer } from './start-server.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function pricing(getPricesBatch: Handlers<typeof PricingService>['getPricesBatch']) {
  const server = await startServer([implementPart(PricingService, { getPricesBatch })]);
  const channel = openChannel(server.address);
  closers.push(
    () => server.close(),
    () => channel.close(),
  );
  return coalescePrices(createClient(PricingService, channel));
}

test('prices asked for at once come by one batch, each with its own answer or error', async () => {
  const batches: string[][] = [];
  const client = await pricing(({ requests }) => {
    batches.push(requests.map(({ productId, currency }) => `${productId} ${currency}`));
    const price = { basePrice: 1, discountedPrice: 1, isOnSale: false, saleEndsAt: 0n };
    return {
      prices: requests
        .filter(({ productId }) => productId !== 2n)
        .map(({ productId, currency }) => ({ ...price, productId, currency })),
      errors: [{ index: 1, productId: 2n, code: Code.NOT_FOUND, message: 'product 2 has no price' }],
      position: 0n,
      holdsForMs: 0,
    };
  });
  const ask = (productId: bigint, currency = 'INR') => client.getPrice({ productId, currency });
  const answers = await Promise.allSettled([ask(1n), ask(2n), ask(2n ** 63n - 1n), ask(1n), ask(1n, 'USD')]);
  expect(batches).toEqual([['1 INR', '2 INR', `${2n ** 63n - 1n} INR`, '1 USD']]);
  expect(answers).toMatchObject([
    { value: { productId: 1n, currency: 'INR' } },
    { reason: { code: Code.NOT_FOUND, message: 'product 2 has no price' } },
    { value: { productId: 2n ** 63n - 1n } },
    { value: { productId: 1n, currency: 'INR' } },
    { value: { productId: 1n, currency: 'USD' } },
  ]);
});
