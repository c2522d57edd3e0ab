/** A queue that one side fills and the other reads, in order. */
export type Queue<T> = AsyncIterable<T> & {
  push(item: T): void;
  /** Ends the reading once what waits has been read. */
  end(): void;
};

/** A queue for one reader. */
export function createQueue<T>(items: T[]): Queue<T> {
  let ended = false;
  let wake = () => {};
  return {
    push(item) {
      items.push(item);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        while (items.length > 0) yield items.shift() as T;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
