import { AsyncLocalStorage } from 'node:async_hooks';

/** Knows whether the running code belongs to an open transaction of one database. */
export interface TransactionGuard {
  /** Throws inside of one: what asked would wait for the transaction that waits for it. */
  refuseInside(): void;
  /** Runs the work of a transaction, which is told by `open()` until when its tx may be used. */
  run<T>(work: (open: () => boolean) => Promise<T>): Promise<T>;
}

export function createTransactionGuard(): TransactionGuard {
  const transaction = new AsyncLocalStorage<{ open: boolean }>();
  return {
    refuseInside() {
      if (transaction.getStore()?.open) {
        throw new Error('A transaction is open here and the database waits for its end: use its tx instead.');
      }
    },
    async run(work) {
      const state = { open: true };
      try {
        return await transaction.run(state, () => work(() => state.open));
      } finally {
        state.open = false;
      }
    },
  };
}
