import { randomFrom } from './random.ts';

/** An even sample of all that was offered, in bounded memory. */
export type Sample<T> = {
  /** Keeps what `make` gives, or does without and leaves `make` alone. */
  offer(weight: number, make: () => T): void;
  readonly kept: readonly T[];
  readonly offered: number;
};

/**
 * Reservoir sampling: of n things offered each is kept with the same chance. What is kept weighs at most `maxWeight`: when it weighs
 * more, half of it goes, by chance, and from then on half as much is kept, so the sample stays even. The same seed keeps the same.
 */
export function evenSample<T>(maxKept: number, maxWeight: number, seed = 1): Sample<T> {
  const random = randomFrom(seed);
  const kept: T[] = [];
  const weights: number[] = [];
  let room = maxKept;
  let offered = 0;
  let weight = 0;
  return {
    offer(added, make) {
      offered++;
      const place = offered <= room ? kept.length : Math.floor(random() * offered);
      if (place >= room) return;
      weight += added - (weights[place] ?? 0);
      kept[place] = make();
      weights[place] = added;
      while (weight > maxWeight && kept.length > 1) {
        room = Math.ceil(kept.length / 2);
        while (kept.length > room) {
          const gone = Math.floor(random() * kept.length);
          weight -= weights[gone] as number;
          kept[gone] = kept.at(-1) as T;
          weights[gone] = weights.at(-1) as number;
          kept.pop();
          weights.pop();
        }
      }
    },
    get kept() {
      return kept;
    },
    get offered() {
      return offered;
    },
  };
}
