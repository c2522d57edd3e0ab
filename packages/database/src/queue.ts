/** Runs pieces of work one at a time, in the order they came. */
export type Queue = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/**
 * Makes a queue. Work whose signal aborts while it waits is dropped unrun and its caller told at once; work that
 * has begun is left to finish.
 */
export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();

  return <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const leave = () => reject(signal?.reason);
    if (signal?.aborted) {
      leave();
      return promise;
    }
    signal?.addEventListener('abort', leave, { once: true });
    last = last.then(async () => {
      signal?.removeEventListener('abort', leave);
      if (signal?.aborted) return;
      try {
        resolve(await work());
      } catch (error) {
        reject(error);
      }
    });
    return promise;
  };
}
