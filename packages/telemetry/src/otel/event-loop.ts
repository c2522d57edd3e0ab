import { followClock } from './spans.ts';

const everyMs = 10;

/** Measures for how long the event loop is blocked: how much later than planned a timer comes, in all. */
export function watchEventLoop(): { blockedMs(): number; close(): void } {
  let blocked = 0;
  let due = performance.now() + everyMs;
  const timer = setInterval(() => {
    const now = performance.now();
    // Timers come up to a millisecond late by themselves.
    if (now - due > 2) {
      blocked += now - due;
      followClock();
    }
    due = now + everyMs;
  }, everyMs);
  timer.unref();
  return { blockedMs: () => blocked, close: () => clearInterval(timer) };
}
