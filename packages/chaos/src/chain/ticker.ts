import type { Handlers } from '@hotpath/rpc';
import type { Chain, Tick } from '../generated/index.ts';

/**
 * Ticks for every watcher. Each has a queue of its own without a bound, as a careless handler's would be: what waits in it
 * for a reader is the memory that a watcher costs.
 */
export function createTicker(): Handlers<typeof Chain>['watch'] {
  return async function* ({ perSecond, bytes }, call) {
    const queue: Tick[] = [];
    let wake = () => {};
    let sequence = 0n;
    const startedAt = performance.now();
    const timer = setInterval(() => {
      const due = BigInt(Math.floor(((performance.now() - startedAt) * perSecond) / 1000));
      while (sequence < due) queue.push({ sequence: ++sequence, payload: new Uint8Array(bytes) });
      wake();
    }, 10);
    call.onEnd(() => wake());
    try {
      while (!call.over) {
        const tick = queue.shift();
        if (tick) yield tick;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      clearInterval(timer);
    }
  };
}
