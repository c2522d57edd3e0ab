import { signal } from '@preact/signals';

/** The time, Unix ms, second by second: what shows it counts down together. */
export const now = signal(Date.now());

setInterval(() => {
  now.value = Date.now();
}, 1000);
