import { setTimeout as sleep } from 'node:timers/promises';
import type { PricingService } from '@hotpath/contracts';
import { type Client, Code, RpcError, unavailable } from '@hotpath/rpc';

/**
 * A client whose stream of changes can be cut off and kept away, and whose messages and answers take their time. It
 * measures how late changes come to who reads the stream.
 */
export function unsteady(
  inner: Client<typeof PricingService>,
  delays: { streamMs: number; answerMs: number },
) {
  const pause = (mostMs: number, signal?: AbortSignal) =>
    mostMs > 0 ? sleep(Math.random() * mostMs, undefined, { signal }) : undefined;
  /** What has come to the reader: when, and by a stream that was open since when. */
  const arrivals: { readonly position: bigint; readonly at: number; readonly since: number }[] = [];
  /** The streams that have ended: open since when, until their reader knew that they were not any more. */
  const ended: { readonly since: number; readonly at: number }[] = [];
  let stream = new AbortController();
  let awayUntil = 0;
  /** Whether there is a stream, as far as its reader knows, and since when that is no longer so. */
  let isOpen = false;
  let cutAt: number | undefined;
  /** Longest that it took until the reader of a stream knew that it was cut, ms. */
  let slowestNews = 0;

  const client: Client<typeof PricingService> = {
    ...inner,
    async getPricesBatch(request, options) {
      const answer = await inner.getPricesBatch(request, options);
      await pause(delays.answerMs);
      return answer;
    },
    async *watchChanges(request, { signal: left } = {}) {
      if (performance.now() < awayUntil) throw unavailable('away');
      stream = new AbortController();
      const { signal } = stream;
      let since = Number.POSITIVE_INFINITY;
      isOpen = true;
      try {
        const ends = AbortSignal.any(left ? [left, signal] : [signal]);
        for await (const message of inner.watchChanges(request, { signal: ends })) {
          await pause(delays.streamMs, ends);
          yield message;
          const at = performance.now();
          since = Math.min(since, at);
          arrivals.push({ position: message.position, at, since });
        }
      } catch (error) {
        throw error instanceof RpcError && error.code === Code.UNAVAILABLE ? error : unavailable('cut');
      } finally {
        if (cutAt !== undefined) slowestNews = Math.max(slowestNews, performance.now() - cutAt);
        cutAt = undefined;
        isOpen = false;
        ended.push({ since, at: performance.now() });
      }
    },
  };

  return {
    client,
    cut(awayMs: number) {
      this.expectCut();
      awayUntil = performance.now() + awayMs;
      stream.abort();
    },
    /** From now on until the stream's reader knows of it, the stream may be cut by others. */
    expectCut() {
      if (isOpen) cutAt ??= performance.now();
    },
    /**
     * The longest time from a write's answer until its change had come, by streams that were open all the while. Of a
     * change that was under way when its stream ended, until the reader knew of that end: so long it took the stream for whole.
     */
    delayMs(writes: readonly { from: number; sure: number; position: bigint }[]) {
      const delays = writes.flatMap(({ from, sure, position }) => {
        const arrival = arrivals.find((one) => one.position >= position);
        if (arrival && arrival.since < from) return [arrival.at - sure];
        const end = ended.find(({ since, at }) => since < from && at > sure);
        return end ? [end.at - sure] : [];
      });
      return Math.max(0, slowestNews, ...delays);
    },
  };
}
