import { registerDrained } from './drained.ts';

/** What a cache of prices has done since it was opened, and what it holds. */
export type PriceCacheState = {
  /** Prices that were read from it. */
  readonly hits: number;
  /** Prices that it had to load. */
  readonly misses: number;
  /** Prices that were read past it, because its feed was not live. */
  readonly bypasses: number;
  /** Prices that it dropped because its feed told of a change. */
  readonly invalidations: number;
  /** Prices that it holds. */
  readonly entries: number;
  /** Whether it may be read from. */
  readonly live: boolean;
  /** The last change of the feed that was applied to it. */
  readonly position: bigint;
};

let cache: (() => PriceCacheState) | undefined;

/** Shows this process's cache of prices in the metrics from now on. */
export function trackPriceCache(state: () => PriceCacheState): void {
  cache = state;
}

const labelsOf = (outcome: string | undefined): Record<string, string> => (outcome ? { outcome } : {});

const values = (of: (state: PriceCacheState) => readonly [value: number, outcome?: string][]) =>
  cache ? of(cache()).map(([value, outcome]) => ({ value, labels: labelsOf(outcome) })) : [];

registerDrained({
  name: 'hotpath_price_cache_reads_total',
  type: 'counter',
  help: 'Prices read, by outcome: hit, miss (it was loaded), bypass (the feed was not live)',
  values: () =>
    values(({ hits, misses, bypasses }) => [
      [hits, 'hit'],
      [misses, 'miss'],
      [bypasses, 'bypass'],
    ]),
});
registerDrained({
  name: 'hotpath_price_cache_invalidations_total',
  type: 'counter',
  help: 'Prices dropped from the cache because the feed told of a change, or could not go on without a gap',
  values: () => values(({ invalidations }) => [[invalidations]]),
});
registerDrained({
  name: 'hotpath_price_cache_entries',
  type: 'gauge',
  help: 'Prices that the cache holds, those that are out of date by their time included',
  values: () => values(({ entries }) => [[entries]]),
});
registerDrained({
  name: 'hotpath_price_cache_live',
  type: 'gauge',
  help: 'Whether the cache may be read from: 1, or 0 while its feed is not known to be up to date',
  values: () => values(({ live }) => [[Number(live)]]),
});
registerDrained({
  name: 'hotpath_price_cache_position',
  type: 'gauge',
  help: "The last change that was applied to the cache; pricing's hotpath_feed_position says how far it could be",
  values: () => values(({ position }) => [[Number(position)]]),
});
