import { type Signal, signal } from '@preact/signals';

/** What one request of the probe met. */
export type Sample = {
  /** When it was sent, s since the page was opened. */
  readonly at: number;
  /** How long its answer took. */
  readonly ms: number;
  /** Of HTTP; 0: there was no answer. */
  readonly status: number;
};

/** A small, steady load from this page. */
export type Probe = {
  readonly running: Signal<boolean>;
  /** What the last minute met, in the order in which answers came. */
  readonly samples: Signal<readonly Sample[]>;
  start(path: () => string): void;
  stop(): void;
};

/** How long samples are kept, s. */
export const keptSeconds = 60;

/** Fewer than the six connections that a browser opens to a server: a request must not wait for another one here. */
const atOnce = 3;
const pauseMs = 120;

/** s since the page was opened. */
export const seconds = () => performance.now() / 1000;

/** Makes one, which rests at first. */
export function createProbe(): Probe {
  const running = signal(false);
  const samples = signal<readonly Sample[]>([]);
  let stopped = new AbortController();

  async function ask(path: () => string, { signal }: AbortController): Promise<void> {
    while (!signal.aborted) {
      const at = seconds();
      // Past the browser's cache, where of equal requests each waits for the one before.
      const status = await fetch(path(), { signal, cache: 'no-store' }).then(
        async (response) => {
          await response.arrayBuffer();
          return response.status;
        },
        () => 0,
      );
      if (signal.aborted) return;
      const now = seconds();
      const kept = samples.peek().filter((sample) => sample.at > now - keptSeconds);
      samples.value = [...kept, { at, ms: (now - at) * 1000, status }];
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  return {
    running,
    samples,
    start(path) {
      if (running.value) return;
      running.value = true;
      stopped = new AbortController();
      for (let i = 0; i < atOnce; i++) void ask(path, stopped);
    },
    stop() {
      stopped.abort();
      running.value = false;
    },
  };
}
