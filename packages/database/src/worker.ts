const firstRetryMs = 100;
const longestRetryMs = 30_000;

export interface Worker {
  /** Has the work run again, now or as soon as the present run has ended. */
  wake(): void;
  /** Ends the worker when the present run has ended. */
  close(): Promise<void>;
}

/**
 * Runs `work` at once and then each time it is woken, never twice at the same time. `work` says how many ms to
 * sleep before it runs again by itself, at most 2^31 - 1, or undefined to sleep until woken; it is told whether
 * it was woken or its sleep is over. When it fails it is woken again, later after each failure in a row.
 */
export function createWorker(
  work: (woken: boolean) => Promise<number | undefined>,
  onError: (error: unknown) => void,
): Worker {
  let woken = true;
  let closed = false;
  let failures = 0;
  let endSleep = () => {};

  async function run(): Promise<void> {
    while (!closed) {
      const pause = await runOnce();
      if (!woken && !closed) await sleep(pause);
    }
  }

  async function runOnce(): Promise<number | undefined> {
    const wasWoken = woken || failures > 0;
    woken = false;
    try {
      const pause = await work(wasWoken);
      failures = 0;
      return pause;
    } catch (error) {
      if (!closed) onError(error);
      failures += 1;
      return Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs);
    }
  }

  function sleep(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms).unref();
      endSleep = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const ended = run();
  return {
    wake() {
      woken = true;
      endSleep();
    },
    close() {
      closed = true;
      endSleep();
      return ended;
    },
  };
}
