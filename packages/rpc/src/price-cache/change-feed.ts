import { setTimeout as sleep } from 'node:timers/promises';
import type { PriceChange, PricingService } from '@hotpath/contracts';
import { newSpanId, newTraceId, tracing } from '@hotpath/telemetry';
import { backOff } from '../backoff.ts';
import { detached } from '../call.ts';
import type { Client } from '../client.ts';
import { Code } from '../code.ts';
import { RpcError } from '../errors.ts';

/** How often it is confirmed, as a part of how stale it may be: one confirmation may be late, or fail. */
const confirmEvery = 0.4;

/** How a feed is followed. */
export type ChangeFeedInit = {
  /** What the call graph calls the follower. */
  readonly path: string;
  /** A feed that has not been confirmed for so long is not live, ms: no read is older, whatever has failed. */
  readonly mostStaleMs: number;
};

/** What a follower of the feed is told. */
export type FeedFollower = {
  /** In the order of the feed, each once. */
  onChange(change: PriceChange): void;
  /** Changes were missed: all that is known may be wrong. */
  onGap(): void;
  /** The stream broke by something else than its server's leaving or its own silence. It is opened again. */
  onError(error: unknown): void;
};

/** The changes of all prices, by one stream for this process. */
export type ChangeFeed = {
  /** Whether the follower was told of every change that was committed until `mostStaleMs` before `now`. */
  isLive(now: number): boolean;
  /** The position of the last change that the follower was told of. */
  readonly position: bigint;
  /**
   * Resolves when the follower was told of all that is committed by now, at the latest when the feed is not live any
   * more. Never rejects.
   */
  caughtUp(): Promise<void>;
  close(): void;
};

/**
 * Follows the feed until it is closed. A stream that breaks is opened again after the last change; where the feed
 * cannot go on from there, the follower is told of the gap.
 *
 * That a stream is open does not say that it is up to date: its bytes may go nowhere, or its server may have lost the
 * database's notifications. So the newest position is asked of the database again and again. All that was committed
 * before the question has come when the stream gets to the position of the answer, and the clock that says how
 * long ago the question was is this process's own.
 */
export function followChanges(
  pricing: Pick<Client<typeof PricingService>, 'watchChanges' | 'getPricesBatch'>,
  { path, mostStaleMs }: ChangeFeedInit,
  follower: FeedFollower,
): ChangeFeed {
  const closed = new AbortController();
  /** Another for each stream, and after each gap in one: what was asked before says nothing of what came since. */
  let connection: object | undefined;
  let position = 0n;
  /** All that was committed by then was told, by this connection, `performance.now()` ms. */
  let confirmedAt = Number.NEGATIVE_INFINITY;
  let waiting: { readonly position: bigint; readonly settle: (reached: boolean) => void }[] = [];

  function moveTo(next: bigint): void {
    position = next;
    if (waiting.length === 0) return;
    const reached = waiting.filter((one) => one.position <= position);
    waiting = waiting.filter((one) => one.position > position);
    for (const { settle } of reached) settle(true);
  }

  function disconnect(): void {
    connection = undefined;
    confirmedAt = Number.NEGATIVE_INFINITY;
    for (const { settle } of waiting.splice(0)) settle(false);
  }

  const reaches = (target: bigint) =>
    new Promise<boolean>((settle) => {
      if (position >= target) settle(true);
      else waiting.push({ position: target, settle });
    });

  async function confirm(): Promise<void> {
    const asked = connection;
    const askedAt = performance.now();
    const newest = await pricing.getPricesBatch({ toCache: true });
    // A release of pricing that does not know the question would say that nothing has ever changed.
    if (newest.holdsForMs === 0) return;
    const reached = await reaches(newest.position);
    if (reached && asked === connection) confirmedAt = Math.max(confirmedAt, askedAt);
  }

  /** Confirms at once, and again and again for as long as the connection lasts. */
  async function keepConfirming(): Promise<void> {
    const asked = connection;
    while (asked === connection && !closed.signal.aborted) {
      // What fails here makes the feed not live, and says why where the stream fails too.
      await confirm().catch(() => {});
      await sleep(mostStaleMs * confirmEvery, undefined, { signal: closed.signal }).catch(() => {});
    }
  }

  async function read(onOpen: () => void): Promise<void> {
    try {
      for await (const message of pricing.watchChanges(
        { resumeAfter: position },
        { signal: closed.signal },
      )) {
        if (message.resync) {
          disconnect();
          follower.onGap();
        }
        for (const change of message.changes) follower.onChange(change);
        moveTo(message.position);
        if (connection) continue;
        connection = {};
        onOpen();
        void keepConfirming();
      }
    } finally {
      disconnect();
    }
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!closed.signal.aborted) {
      try {
        await read(() => {
          failures = 0;
        });
      } catch (error) {
        if (!closed.signal.aborted && !isExpected(error)) follower.onError(error);
      }
      failures += 1;
      await backOff(failures, closed.signal);
    }
  }

  // Never part of an exported trace: it goes on for as long as the process.
  const ownCall = () => ({
    path,
    budgetMs: Number.POSITIVE_INFINITY,
    trace: tracing && { traceId: newTraceId(), spanId: newSpanId(), sampled: false },
  });
  void detached(ownCall(), run);

  const isLive = (now: number) => connection !== undefined && now - confirmedAt <= mostStaleMs;
  return {
    isLive,
    get position() {
      return position;
    },
    async caughtUp() {
      if (!isLive(performance.now())) return;
      const over = new AbortController();
      const longest = sleep(mostStaleMs, undefined, { signal: over.signal }).catch(() => {});
      await Promise.race([detached(ownCall(), confirm).catch(() => {}), longest]);
      over.abort();
    },
    close: () => closed.abort(),
  };
}

/**
 * Its server leaves, drains or finds the stream old enough; or nothing changed for as long as a stream may be silent. A mesh's
 * proxy says INTERNAL or CANCELLED of a server that is gone.
 */
function isExpected(error: unknown): boolean {
  return error instanceof RpcError && expected.has(error.code);
}

const expected: ReadonlySet<Code> = new Set([
  Code.UNAVAILABLE,
  Code.DEADLINE_EXCEEDED,
  Code.INTERNAL,
  Code.CANCELLED,
]);
