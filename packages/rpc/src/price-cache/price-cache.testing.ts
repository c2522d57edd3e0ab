import { type PriceChange, PricingService, type WatchChangesResponse } from '@hotpath/contracts';
import { onTestFinished, vi } from 'vitest';
import { openChannel } from '../channel.ts';
import { createClient } from '../client.ts';
import { coalescePrices } from '../coalesce-prices.ts';
import { Code } from '../code.ts';
import { unavailable } from '../errors.ts';
import { type Handlers, implementPart } from '../implement.ts';
import { startServer } from '../start-server.ts';
import { openPriceCache, type PriceCacheInit } from './price-cache.ts';

type Batch = Parameters<Handlers<typeof PricingService>['getPricesBatch']>;

/**
 * A cache before a real server whose prices, changes and answers a test decides, until the test has finished.
 * Product 404 has no price.
 */
export async function startCache(init: Partial<PriceCacheInit> = {}) {
  const pricing = {
    /** Base price of every product, in units of INR. */
    price: 10,
    /** Where the feed is. */
    position: 100n,
    holdsForMs: 60_000,
    /** Ids of the products of each batch that was asked for; the feed's questions are not among them. */
    batches: [] as bigint[][],
    /** Batches that were given up by who asked. */
    givenUp: 0,
    /** How often the feed was asked for its position. */
    questions: 0,
    /** Positions after which streams were opened. */
    opened: [] as bigint[],
    /** What a batch waits for after its prices were read. */
    hold: undefined as Promise<void> | undefined,
    /** Whether streams begin with a resync though they were resumed. */
    hasGap: false,
  };
  const streams = new Set<(message: WatchChangesResponse | Error) => void>();

  const server = await startServer([
    implementPart(PricingService, {
      async getPricesBatch(...[{ requests }, call]: Batch) {
        const { price, position, holdsForMs } = pricing;
        if (requests.length === 0) pricing.questions++;
        else {
          pricing.batches.push(requests.map(({ productId }) => productId));
          call.signal.addEventListener('abort', () => pricing.givenUp++);
          await pricing.hold;
        }
        return {
          prices: requests
            .filter(({ productId }) => productId !== 404n)
            .map(({ productId, currency }) => ({
              productId,
              basePrice: price,
              discountedPrice: price,
              isOnSale: false,
              saleEndsAt: 0n,
              currency: currency || 'INR',
            })),
          errors: requests.flatMap(({ productId }, index) =>
            productId === 404n ? [{ index, productId, code: Code.NOT_FOUND, message: 'no price' }] : [],
          ),
          position,
          holdsForMs,
        };
      },
      async *watchChanges({ resumeAfter }, call) {
        pricing.opened.push(resumeAfter);
        const isResumed = resumeAfter > 0n && !pricing.hasGap;
        const position = isResumed ? resumeAfter : pricing.position;
        const messages: (WatchChangesResponse | Error)[] = [{ position, resync: !isResumed, changes: [] }];
        let wake = () => {};
        const send = (message: WatchChangesResponse | Error) => {
          messages.push(message);
          wake();
        };
        streams.add(send);
        call.signal.addEventListener('abort', () => wake());
        try {
          while (!call.signal.aborted) {
            const message = messages.shift();
            if (message instanceof Error) throw message;
            if (message) yield message;
            else await new Promise<void>((resolve) => (wake = resolve));
          }
        } finally {
          streams.delete(send);
        }
      },
      setPrice({ productId, price }) {
        return { productId, price, sequence: change() };
      },
    }),
  ]);

  /** Moves the feed on, and tells nobody. */
  function change(): bigint {
    pricing.position += 1n;
    return pricing.position;
  }

  const channel = openChannel(server.address);
  const direct = coalescePrices(createClient(PricingService, channel));
  const errors: unknown[] = [];
  const cache = openPriceCache(direct, {
    size: 1_000,
    ageMs: 60_000,
    // So long that a machine that is busy elsewhere does not end it.
    mostStaleMs: 60_000,
    path: 'gateway: prices',
    onError: (error) => errors.push(error),
    ...init,
  });
  onTestFinished(async () => {
    cache.close();
    channel.close();
    await server.close();
  });
  const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 15_000, interval: 1 });
  const untilLive = () => until(() => cache.state().live);
  await untilLive();

  return {
    pricing,
    errors,
    state: cache.state,
    client: cache.pricing,
    until,
    untilLive,
    change,
    /** Tells the streams that a product's price has changed, and waits until the cache knows. */
    async tell(productId: bigint, currency = 'INR') {
      const sequence = change();
      const told: PriceChange = {
        productId,
        basePrice: { minorUnits: 1n, currency },
        percentOff: 0,
        saleEndsAtMs: 0n,
        reason: 'price_changed',
        sequence,
      };
      for (const send of streams) send({ position: sequence, resync: false, changes: [told] });
      await until(() => cache.state().position === sequence);
    },
    /** Sends the streams something. */
    send(message: WatchChangesResponse | Error) {
      for (const send of [...streams]) send(message);
    },
    /** Ends the streams as a replica that drains does. */
    breakStreams() {
      for (const send of [...streams]) send(unavailable('the server is draining'));
    },
  };
}
