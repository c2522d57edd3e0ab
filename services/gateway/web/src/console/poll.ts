import { type Signal, useSignal, useSignalEffect } from '@preact/signals';
import type { Connection } from '../ui/live.ts';

/** What was told last, and how the connection stands. What was told before stays while nothing new comes. */
export type Polled<T> = { readonly answer?: T; readonly error?: Error; readonly connection: Connection };

/**
 * Asks again and again while the page can be seen: `everyMs` after each answer, and at once when a signal that `ask` reads
 * before its first await has changed.
 */
export function usePolled<T>(ask: (signal: AbortSignal) => Promise<T>, everyMs = 2_000): Signal<Polled<T>> {
  const state = useSignal<Polled<T>>({ connection: 'connecting' });
  useSignalEffect(() => {
    const left = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      try {
        const answer = await ask(left.signal);
        if (!left.signal.aborted) state.value = { answer, connection: 'live' };
      } catch (thrown) {
        if (!left.signal.aborted)
          state.value = { ...state.peek(), error: thrown as Error, connection: 'lost' };
      }
      if (!left.signal.aborted) timer = setTimeout(() => whenSeen(left.signal, look), everyMs);
    };
    void look();
    return () => {
      left.abort();
      clearTimeout(timer);
    };
  });
  return state;
}

/** Does it now, or when the page is seen again. */
function whenSeen(signal: AbortSignal, work: () => void): void {
  if (!document.hidden) work();
  else document.addEventListener('visibilitychange', work, { once: true, signal });
}
