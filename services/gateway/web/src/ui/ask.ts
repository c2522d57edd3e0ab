import { type Signal, signal, useSignal, useSignalEffect } from '@preact/signals';

/** What has become of something asked for. The former answer stays while a new one is on its way. */
export type Asked<T> = { readonly answer?: T; readonly error?: Error; readonly busy: boolean };

/**
 * Asks again whenever a signal that `ask` reads before its first await has changed, and forgets what was on its way.
 * @returns what has become of it, and what asks once more
 */
export function useAsked<T>(ask: (signal: AbortSignal) => Promise<T>): [Signal<Asked<T>>, () => void] {
  const state = useSignal<Asked<T>>({ busy: true });
  const again = useSignal(0);
  useSignalEffect(() => {
    again.value;
    const left = new AbortController();
    const { answer } = state.peek();
    state.value = { ...(answer !== undefined && { answer }), busy: true };
    ask(left.signal).then(
      (given) => {
        if (!left.signal.aborted) state.value = { answer: given, busy: false };
      },
      (error: Error) => {
        if (!left.signal.aborted) state.value = { error, busy: false };
      },
    );
    return () => left.abort();
  });
  return [state, () => again.value++];
}

/** Something to be done once at a time, such as what a button does. */
export type Doing = {
  readonly busy: Signal<boolean>;
  readonly error: Signal<Error | undefined>;
  /** Does it; an error is kept to be shown. @returns whether it went well */
  run(work: () => Promise<unknown>): Promise<boolean>;
};

/** Makes one. */
export function createDoing(): Doing {
  const busy = signal(false);
  const error = signal<Error | undefined>(undefined);
  return {
    busy,
    error,
    async run(work) {
      if (busy.value) return false;
      busy.value = true;
      error.value = undefined;
      try {
        await work();
        return true;
      } catch (thrown) {
        error.value = thrown as Error;
        return false;
      } finally {
        busy.value = false;
      }
    },
  };
}
