import {
  type BatchPriceResponse,
  type Init,
  type ItemError,
  type PriceChange,
  type PriceRequest,
  type PriceResponse,
  type PricingService,
  segments,
  toSegment,
} from '@hotpath/contracts';
import type { PriceCacheState } from '@hotpath/telemetry';
import { currentCall, isAbandoned, untilEnd } from '../call.ts';
import type { Client } from '../client.ts';
import { coalesce } from '../coalesce.ts';
import type { Code } from '../code.ts';
import { RpcError } from '../errors.ts';
import { type ChangeFeed, type ChangeFeedInit, followChanges } from './change-feed.ts';
import { createCoherentCache, type Flight, type Loaded } from './coherent-cache.ts';

/** What GetPricesBatch takes at most. */
const largestBatch = 500;
/** Clocks of two machines go at rates that differ by less, as a part of 1. */
const clockDrift = 0.001;

/** How a cache of prices is opened. */
export type PriceCacheInit = ChangeFeedInit & {
  /** Most prices, one for each product, currency and segment; the least recently used go first. */
  readonly size: number;
  /** Longest that a price is kept, ms: the bound on what even the feed would not tell, as a clock that was set. */
  readonly ageMs: number;
  /** Told when the change feed fails by more than a replica's leaving. It is tried again. */
  readonly onError: (error: unknown) => void;
};

/** A cache of prices. */
export type PriceCache = {
  /**
   * The same client, whose getPrice and getPricesBatch read through the cache. Its setPrice, startSale and endSale answer
   * when the cache knows of the change, so that who writes here reads here what was written.
   */
  readonly pricing: Client<typeof PricingService>;
  /** What it does, for the metrics. */
  state(): PriceCacheState;
  close(): void;
};

type Key = { readonly name: string; readonly request: Init<PriceRequest> };
type Refusal = Pick<ItemError, 'code' | 'message'>;
/** What was found for one key. A refusal is no error of the call, and is never kept. */
type Outcome = Loaded<PriceResponse> | Refusal;

const nameOf = (productId: bigint, currency: string, segment: string) =>
  `${productId} ${currency} ${segment}`;

const nameOfAsked = ({ productId = 0n, currency, customerSegment = '' }: Init<PriceRequest>) =>
  nameOf(productId, currency || 'INR', toSegment(customerSegment));

/**
 * Opens a cache before a client of pricing, whose getPrice should coalesce. Prices are read from it only while its
 * feed is live, and never past the start or the end of a sale.
 */
export function openPriceCache(
  pricing: Client<typeof PricingService>,
  { size, ageMs, onError, ...init }: PriceCacheInit,
): PriceCache {
  const cache = createCoherentCache<PriceResponse>(size);
  const count = { hits: 0, misses: 0, bypasses: 0, invalidations: 0 };

  const feed: ChangeFeed = followChanges(pricing, init, {
    onChange({ productId, basePrice }: PriceChange) {
      for (const segment of Object.keys(segments)) {
        if (cache.invalidate(nameOf(productId, basePrice?.currency ?? '', segment))) count.invalidations++;
      }
    },
    onGap() {
      count.invalidations += cache.clear();
    },
    onError,
  });

  /** Loads what is missing, for all who miss it in one turn of the event loop. */
  const load = coalesce<Key, Outcome>({
    maxSize: largestBatch,
    identity: ({ name }) => name,
    async load(keys) {
      const answer = loadBatch(keys);
      const flight: Flight<PriceResponse> = answer.then(
        (outcomes) =>
          new Map(
            outcomes.flatMap((outcome, index) =>
              'value' in outcome ? [[(keys[index] as Key).name, outcome] as const] : [],
            ),
          ),
      );
      cache.take(
        keys.map(({ name }) => name),
        flight,
      );
      return answer;
    },
  });

  async function loadBatch(keys: readonly Key[]): Promise<Outcome[]> {
    // Before the question is sent: what is counted from here is over before it is over at pricing, by any clock.
    const askedAt = performance.now();
    const answer = await pricing.getPricesBatch({
      toCache: true,
      requests: keys.map(({ request }) => request),
    });
    const expiresAt = askedAt + Math.min(ageMs, answer.holdsForMs * (1 - clockDrift));
    const refused = new Map(answer.errors.map((error) => [error.index, error]));
    let next = 0;
    return keys.map(
      (_, index) => refused.get(index) ?? { value: answer.prices[next++] as PriceResponse, expiresAt },
    );
  }

  /** Loads a price, or shares a load of it that is under way: one that began before, and may not hold any more. */
  async function read(key: Key): Promise<Outcome> {
    const flight = cache.flightOf(key.name);
    if (!flight) return load(key);
    const joinedAt = performance.now();
    const loaded = (await join(flight))?.get(key.name);
    return loaded && loaded.expiresAt > joinedAt ? loaded : load(key);
  }

  async function getPricesBatch(requests: readonly Init<PriceRequest>[]): Promise<BatchPriceResponse> {
    const now = performance.now();
    const prices: (PriceResponse | undefined)[] = [];
    const missing: { readonly index: number; readonly key: Key }[] = [];
    for (const [index, request] of requests.entries()) {
      const name = nameOfAsked(request);
      const price = cache.get(name, now);
      prices.push(price);
      if (!price) missing.push({ index, key: { name, request } });
    }
    count.hits += requests.length - missing.length;
    count.misses += missing.length;
    const errors: ItemError[] = [];
    const terms = { position: 0n, holdsForMs: 0 };
    if (missing.length === 0) return { prices: prices as PriceResponse[], errors, ...terms };
    const outcomes = await Promise.all(missing.map(({ key }) => read(key)));
    for (const [i, { index, key }] of missing.entries()) {
      const outcome = outcomes[i] as Outcome;
      if ('value' in outcome) prices[index] = outcome.value;
      else errors.push({ ...refusalOf(outcome), index, productId: key.request.productId ?? 0n });
    }
    return { prices: prices.filter((price) => price !== undefined), errors, ...terms };
  }

  async function getPrice(request: Init<PriceRequest>): Promise<PriceResponse> {
    const name = nameOfAsked(request);
    const price = cache.get(name, performance.now());
    if (price) {
      count.hits++;
      return price;
    }
    count.misses++;
    const outcome = await read({ name, request });
    if ('value' in outcome) return outcome.value;
    throw new RpcError(outcome.code as Code, outcome.message);
  }

  /** Makes a write answer when the cache knows of it, whatever became of it. */
  const known =
    <Request, Answer>(write: (request: Request, options?: object) => Promise<Answer>) =>
    (request: Request, options?: object) =>
      write(request, options).finally(() => feed.caughtUp());

  return {
    pricing: {
      ...pricing,
      getPrice(request, options) {
        if (!options && feed.isLive(performance.now())) return getPrice(request);
        count.bypasses++;
        return pricing.getPrice(request, options);
      },
      getPricesBatch(batch, options) {
        const { requests = [], toCache } = batch;
        const cacheable = !options && !toCache && requests.length <= largestBatch;
        if (cacheable && feed.isLive(performance.now())) return getPricesBatch(requests);
        count.bypasses += requests.length;
        return pricing.getPricesBatch(batch, options);
      },
      setPrice: known(pricing.setPrice),
      startSale: known(pricing.startSale),
      endSale: known(pricing.endSale),
    },
    state: () => ({
      ...count,
      entries: cache.size,
      live: feed.isLive(performance.now()),
      position: feed.position,
    }),
    close: () => feed.close(),
  };
}

const refusalOf = ({ code, message }: Refusal) => ({ code, message });

/** A load that others began. Undefined where it ended with them, and its joiner must try for itself. */
async function join<Value>(flight: Promise<Value>): Promise<Value | undefined> {
  const call = currentCall();
  call?.beginWait();
  try {
    return await (call ? untilEnd(call, flight) : flight);
  } catch (error) {
    if (isAbandoned(error) && !call?.over) return undefined;
    throw error;
  } finally {
    call?.endWait();
  }
}
