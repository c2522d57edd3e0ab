import { effect, type Signal, signal } from '@preact/signals';

/** A signal that the browser keeps, under `name`, for the next visit, where it lets a page keep anything. */
export function stored<T>(name: string, initial: T): Signal<T> {
  const kept = signal(read(name, initial));
  effect(() => write(name, kept.value));
  return kept;
}

function write(name: string, value: unknown): void {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Then it holds for this visit.
  }
}

function read<T>(name: string, initial: T): T {
  try {
    return JSON.parse(localStorage.getItem(name) ?? '') as T;
  } catch {
    return initial;
  }
}
