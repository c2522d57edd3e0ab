import { SlowSubscriber } from './errors.ts';

/** A bounded queue between one sender, who never waits, and one taker. */
export interface Mailbox<T extends object> {
  /** Puts an item in; one too many fails the mailbox with SlowSubscriber. */
  put(item: T): void;
  /** Drops what is in the mailbox; from now on `take` rejects with the error. */
  fail(error: unknown): void;
  /** Waits for an item and takes all there are, in order. One take at a time. */
  take(): Promise<T[]>;
}

export function createMailbox<T extends object>(capacity: number): Mailbox<T> {
  let items: T[] = [];
  let failure: { error: unknown } | undefined;
  let wake = () => {};

  const fail = (error: unknown) => {
    if (failure) return;
    failure = { error };
    items = [];
    wake();
  };

  return {
    put(item) {
      if (failure) return;
      if (items.length < capacity) items.push(item);
      else fail(new SlowSubscriber(capacity));
      wake();
    },
    fail,
    async take() {
      if (!failure && items.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (failure) throw failure.error;
      const taken = items;
      items = [];
      return taken;
    },
  };
}
