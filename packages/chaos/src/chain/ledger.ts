/** A call seen at some point, and the time it had left, ms. */
export type Sighting = { readonly id: string; readonly leftMs: number };

/** What a process of the chain has seen. */
export type Ledger = {
  /** How long the own work takes, ms. */
  workMs: number;
  arrived(id: string, leftMs: number): void;
  sent(id: string, leftMs: number): void;
  /** Counts a call's work as alive until it is done, whatever becomes of the call. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** All of it. */
  read(): {
    readonly started: number;
    readonly alive: readonly number[];
    readonly arrived: readonly Sighting[];
    readonly sent: readonly Sighting[];
  };
};

/** Longest time that is told apart from no limit, which JSON cannot say, ms. */
const FOREVER_MS = 1e9;

/** An empty ledger. */
export function createLedger(workMs: number): Ledger {
  const arrived: Sighting[] = [];
  const sent: Sighting[] = [];
  const alive = new Map<symbol, number>();
  let started = 0;
  return {
    workMs,
    arrived: (id, leftMs) => arrived.push({ id, leftMs: Math.min(leftMs, FOREVER_MS) }),
    sent: (id, leftMs) => sent.push({ id, leftMs: Math.min(leftMs, FOREVER_MS) }),
    async during(work) {
      const own = Symbol('work');
      started++;
      alive.set(own, performance.now());
      try {
        return await work();
      } finally {
        alive.delete(own);
      }
    },
    read() {
      const now = performance.now();
      return { started, alive: [...alive.values()].map((since) => now - since), arrived, sent };
    },
  };
}
