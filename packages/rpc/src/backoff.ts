import { setTimeout as sleep } from 'node:timers/promises';

const firstMs = 100;
const mostMs = 5_000;

/**
 * Waits before attempt `attempt` (from 1): a random time up to a bound that doubles each time, so that many who
 * lost the same server do not come back together. Source:
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter ("full jitter").
 * Resolves early when `signal` aborts.
 */
export async function backOff(attempt: number, signal: AbortSignal): Promise<void> {
  const bound = Math.min(mostMs, firstMs * 2 ** (attempt - 1));
  await sleep(Math.random() * bound, undefined, { signal }).catch(() => {});
}
