/**
 * The items of all sources as they come. A source is asked for its next item only when the one before was taken, so
 * none can pile up. Ends when all have ended; an error of one, or the reader's leaving, ends all.
 */
export async function* merge<T>(...sources: AsyncIterable<T>[]): AsyncGenerator<T, void, void> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const arrived: { iterator: AsyncIterator<T>; result: IteratorResult<T> }[] = [];
  let failure: { error: unknown } | undefined;
  // Not Promise.race: a source that is silent for hours would keep a reaction for each item of the others.
  let wake = () => {};
  const ask = (iterator: AsyncIterator<T>) => {
    iterator
      .next()
      .then(
        (result) => arrived.push({ iterator, result }),
        (error: unknown) => {
          failure ??= { error };
        },
      )
      .then(() => wake());
  };

  let open = iterators.length;
  try {
    for (const iterator of iterators) ask(iterator);
    while (open > 0) {
      const next = arrived.shift();
      if (next?.result.done) open--;
      else if (next) {
        yield next.result.value;
        ask(next.iterator);
      } else if (failure) throw failure.error;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    // Not awaited: a source that waits for its next item comes to its end when its signal wakes it.
    for (const iterator of iterators) iterator.return?.().catch(() => {});
  }
}
