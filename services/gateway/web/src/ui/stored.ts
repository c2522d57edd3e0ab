import { effect, type Signal, signal } from '@preact/signals';

/** A signal that the browser keeps, under `name`, for the next visit. */
export function stored<T>(name: string, initial: T): Signal<T> {
  const kept = signal(read(name, initial));
  effect(() => localStorage.setItem(name, JSON.stringify(kept.value)));
  return kept;
}

function read<T>(name: string, initial: T): T {
  try {
    return JSON.parse(localStorage.getItem(name) ?? '') as T;
  } catch {
    return initial;
  }
}
