import { backOff, Code, RpcError } from '@hotpath/rpc';

/** How a stream ends when its server restarts, drains, fails, or ends it because its reader was too slow. */
const breaks: readonly Code[] = [
  Code.UNAVAILABLE,
  Code.INTERNAL,
  Code.CANCELLED,
  Code.RESOURCE_EXHAUSTED,
  Code.DEADLINE_EXCEEDED, // a stream that was silent for too long: its peer may be gone
];

/**
 * Reads a stream that is opened again after each break, until `signal` aborts. The pause before is drawn from 0 to
 * 100 ms, twice as much after each failure in a row, up to 5 s ("full jitter"), so that the readers of a server that
 * restarts do not all come back at once. What ends the stream before its first item is thrown, as is what a new try
 * would not mend.
 */
export async function* reopen<T>(
  open: () => AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, never, void> {
  let hasOpened = false;
  for (let failures = 0; ; failures++) {
    try {
      for await (const item of open()) {
        hasOpened = true;
        failures = 0;
        yield item;
      }
    } catch (error) {
      if (signal.aborted || !hasOpened || !isBreak(error)) throw error;
    }
    await backOff(failures + 1, signal);
    signal.throwIfAborted();
  }
}

function isBreak(error: unknown): boolean {
  return error instanceof RpcError && breaks.includes(error.code);
}
