import { signal } from '@preact/signals';

const seconds = signal(0);

setInterval(() => seconds.value++, 1000);

/** How long it is until a time, ms; below 0 when it is past. What shows it is shown anew each second, all together. */
export function msUntil(time: string): number {
  seconds.value;
  return Date.parse(time) - Date.now();
}
