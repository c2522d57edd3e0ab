import { DatabaseBusy } from './errors.ts';

/** Each holds memory, and who is further back is not served in time anyway. */
const mostWaitingByDefault = 1_000;

/** Lets a limited number of pieces of work run at a time, in the order they came. */
export interface Queue {
  /**
   * Runs work when it is its turn. Work whose signal aborts while it waits is dropped unrun and its caller told
   * at once; work that has begun is left to finish.
   *
   * @throws {DatabaseBusy} when too many wait already
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** How many run now. */
  readonly running: number;
  /** How many wait now. */
  readonly waiting: number;
  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void>;
}

/** Makes a queue of which `places` may run at a time and `mostWaiting` wait. */
export function createQueue(places: number, mostWaiting = mostWaitingByDefault): Queue {
  /** In the order they came; called when it is their turn. */
  const waiting = new Set<() => void>();
  let running = 0;
  let idle: PromiseWithResolvers<void> | undefined;

  async function takePlace(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (running < places) {
      running += 1;
      return;
    }
    if (waiting.size >= mostWaiting) throw new DatabaseBusy(waiting.size);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      if (waiting.delete(resolve)) reject(signal?.reason);
    };
    waiting.add(resolve);
    signal?.addEventListener('abort', leave, { once: true });
    await promise.finally(() => signal?.removeEventListener('abort', leave));
  }

  function givePlace(): void {
    const [next] = waiting;
    if (next) {
      waiting.delete(next);
      next();
      return;
    }
    running -= 1;
    if (running === 0) idle?.resolve();
  }

  return {
    async run(work, signal) {
      await takePlace(signal);
      try {
        signal?.throwIfAborted();
        return await work();
      } finally {
        givePlace();
      }
    },
    get running() {
      return running;
    },
    get waiting() {
      return waiting.size;
    },
    async idle() {
      if (running === 0) return;
      idle ??= Promise.withResolvers();
      await idle.promise;
    },
  };
}
