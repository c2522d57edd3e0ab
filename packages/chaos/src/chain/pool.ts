import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Does work at most `size` pieces at once, in the order they come, like a pool of connections: what sets a
 * process's capacity. A piece whose signal aborts while it waits is never begun.
 */
export function createPool(size: number): (ms: number, signal: AbortSignal) => Promise<void> {
  let free = size;
  const waiting = new Set<() => void>();
  return async (ms, signal) => {
    if (free > 0) free--;
    else {
      await new Promise<void>((resolve, reject) => {
        const start = () => {
          waiting.delete(start);
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const leave = () => {
          waiting.delete(start);
          reject(signal.reason);
        };
        waiting.add(start);
        signal.addEventListener('abort', leave, { once: true });
      });
    }
    try {
      await sleep(ms, undefined, { signal });
    } finally {
      const [next] = waiting;
      if (next) next();
      else free++;
    }
  };
}
