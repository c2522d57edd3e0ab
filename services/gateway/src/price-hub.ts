import type { Currency } from '@hotpath/contracts';
import { resourceExhausted } from '@hotpath/rpc';
import { registry } from '@hotpath/telemetry';
import { Gauge } from 'prom-client';
import { type Follower, type PriceWatch, watchPrice } from './price-watch.ts';
import type { StreamLanes } from './stream-lanes.ts';

/** What is watched: equal keys share one stream from pricing. */
export type WatchKey = {
  readonly productId: bigint;
  readonly currency: Currency;
  readonly segment: string;
};

/** Shares price streams among browsers. */
export type PriceHub = {
  /**
   * Holds a price's watch until `signal` aborts, and resolves when its present price is known. Rejects with
   * NOT_FOUND where it has none, RESOURCE_EXHAUSTED where too many prices are watched.
   */
  join(key: WatchKey, signal: AbortSignal): Promise<Membership>;
  /** Ends all streams from pricing. */
  close(): void;
};

/** A held watch. */
export type Membership = {
  /** Begins to give events to `follower`, until the membership's signal aborts. See `PriceWatch.follow`. */
  follow(follower: Follower, after: bigint | undefined): void;
};

/** Prices that can be watched at a time; one costs about 25 KB here and in pricing. */
const mostWatches = 20_000;

const upstreamWatches = new Gauge({
  name: 'hotpath_gateway_upstream_watches',
  help: 'WatchPrice streams open to pricing: one per product, currency and segment that browsers watch',
  registers: [registry],
});

/** A hub whose streams go over `lanes`. */
export function createPriceHub(lanes: StreamLanes): PriceHub {
  type Entry = { readonly watch: PriceWatch; holders: number };
  const watches = new Map<string, Entry>();

  async function* open({ productId, currency, segment }: WatchKey, resumeAfter: bigint, signal: AbortSignal) {
    const { pricing, release } = lanes.take();
    upstreamWatches.inc();
    try {
      yield* pricing.watchPrice({ productId, currency, customerSegment: segment, resumeAfter }, { signal });
    } finally {
      upstreamWatches.dec();
      release();
    }
  }

  function hold(key: WatchKey, signal: AbortSignal): PriceWatch {
    const name = `${key.productId} ${key.currency} ${key.segment}`;
    const entry = watches.get(name) ?? add(name, key);
    entry.holders++;
    signal.addEventListener('abort', () => {
      entry.holders--;
      if (entry.holders > 0) return;
      entry.watch.stop();
      forget(name, entry);
    });
    return entry.watch;
  }

  function add(name: string, key: WatchKey): Entry {
    if (watches.size >= mostWatches) throw resourceExhausted('as many prices are watched as can be');
    const watch = watchPrice(
      (resumeAfter, signal) => open(key, resumeAfter, signal),
      () => forget(name, entry),
    );
    const entry = { watch, holders: 0 };
    watches.set(name, entry);
    return entry;
  }

  function forget(name: string, entry: Entry): void {
    if (watches.get(name) === entry) watches.delete(name);
  }

  return {
    async join(key, signal) {
      signal.throwIfAborted();
      const watch = hold(key, signal);
      await watch.ready;
      return {
        follow(follower, after) {
          if (signal.aborted) return;
          signal.addEventListener('abort', watch.follow(follower, after));
        },
      };
    },
    close() {
      for (const { watch } of watches.values()) watch.stop();
    },
  };
}
