import { LRUCache } from 'lru-cache';

/** What a load found, and until when nothing but an invalidation makes it wrong. */
export type Loaded<Value> = {
  readonly value: Value;
  /** `performance.now()`, ms. */
  readonly expiresAt: number;
};

/** A load of several keys that is under way. Keys that it found nothing for are not in its outcome. */
export type Flight<Value> = Promise<ReadonlyMap<string, Loaded<Value>>>;

/** A bounded map of what was loaded, kept right by invalidations. */
export type CoherentCache<Value> = {
  /** The value of a key that holds at `now`; undefined: it must be loaded. */
  get(key: string, now: number): Value | undefined;
  /**
   * A load of that key which whoever comes now may share; undefined: begin one. What it gives may have
   * expired before one came to share it.
   */
  flightOf(key: string): Flight<Value> | undefined;
  /** Keeps what `flight` loads for each of its keys, unless that key is invalidated before it has landed. */
  take(keys: readonly string[], flight: Flight<Value>): void;
  /**
   * Forgets a key: what is there and what is being loaded, which may have been read before the change.
   * @returns whether there was something
   */
  invalidate(key: string): boolean;
  /** Forgets all. @returns how many values there were */
  clear(): number;
  /** How many values there are. */
  readonly size: number;
};

/** A cache of at most `maxEntries` values; the least recently used go first. */
export function createCoherentCache<Value>(maxEntries: number): CoherentCache<Value> {
  const entries = new LRUCache<string, Loaded<Value>>({ max: maxEntries });
  /** The newest load of each key, until it has landed or the key is invalidated. */
  const flights = new Map<string, Flight<Value>>();

  function land(key: string, flight: Flight<Value>, loaded: Loaded<Value> | undefined): void {
    // An invalidation came while it was under way: whether its value is from before the change nobody knows.
    if (flights.get(key) !== flight) return;
    flights.delete(key);
    if (loaded) entries.set(key, loaded);
  }

  return {
    get(key, now) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      if (entry.expiresAt > now) return entry.value;
      entries.delete(key);
      return undefined;
    },
    flightOf: (key) => flights.get(key),
    take(keys, flight) {
      for (const key of keys) flights.set(key, flight);
      flight.then(
        (loaded) => {
          for (const key of keys) land(key, flight, loaded.get(key));
        },
        () => {
          for (const key of keys) land(key, flight, undefined);
        },
      );
    },
    invalidate(key) {
      flights.delete(key);
      return entries.delete(key);
    },
    clear() {
      const { size } = entries;
      flights.clear();
      entries.clear();
      return size;
    },
    get size() {
      return entries.size;
    },
  };
}
