import type { PriceRequest, PriceUpdate } from '@hotpath/contracts';
import { backOff, Code, detached, RpcError, traceDeliveries } from '@hotpath/rpc';
import { viewUpdate } from './views.ts';

/** A change of a price as browsers get it, serialised once for all of them. */
export type WatchEvent = {
  /** Its position in pricing's feed. */
  readonly sequence: bigint;
  /** A PriceEvent as JSON. */
  readonly data: string;
};

/** One who follows a watch. */
export type Follower = {
  /** Gets each event after the first, in order. */
  onEvent(event: WatchEvent): void;
  /** The price can be followed no more, e.g. because the product has none now. */
  onEnd(error: RpcError): void;
};

/** One price, followed by one stream from pricing for however many followers. */
export type PriceWatch = {
  /** Resolves when the present price is known; rejects where there is none to know. */
  readonly ready: Promise<void>;
  /**
   * Adds a follower, once it is ready. Without `after` it gets the present price first, as reason "snapshot";
   * with it, every change after that position exactly once and no snapshot. A position that was never reached here,
   * or whose changes pricing keeps no longer, gets the present price as reason "resync".
   * @returns takes it out again.
   */
  follow(follower: Follower, after: bigint | undefined): () => void;
  /** Closes the stream. */
  stop(): void;
};

/** Opens a WatchPrice stream that resumes after a position. */
export type OpenStream = (
  resumeAfter: PriceRequest['resumeAfter'],
  signal: AbortSignal,
) => AsyncIterable<PriceUpdate>;

/** Changes kept for followers that come back. Older ones are asked of pricing again. */
const mostRecent = 256;

/** How often at most pricing is asked for older changes, ms: followers of one price must not starve each other. */
const rewindPauseMs = 1_000;

/** Errors that asking again does not mend. */
const final: readonly Code[] = [
  Code.NOT_FOUND,
  Code.INVALID_ARGUMENT,
  Code.FAILED_PRECONDITION,
  Code.OUT_OF_RANGE,
  Code.UNIMPLEMENTED,
  Code.PERMISSION_DENIED,
  Code.UNAUTHENTICATED,
];

/** All watches together: a sale of many products is one delivery. */
const deliver = traceDeliveries('send price events to browsers');

/**
 * Follows one price. Whatever breaks the stream, it is opened again after the last position seen. A follower that
 * comes back from further ago than the changes kept makes it open once more from there; the others skip what they
 * have had, since each follower has a position of its own. Where pricing has those changes no more, that one gets the
 * present price, and the others go on after what they had.
 * @param onFail told when it is over because the price can be followed no more
 */
export function watchPrice(open: OpenStream, onFail: () => void): PriceWatch {
  type Entry = Follower & { after: bigint; waiting: boolean };
  const followers = new Set<Entry>();
  const stopped = new AbortController();
  const { promise: ready, resolve: markReady, reject: markFailed } = Promise.withResolvers<void>();
  ready.catch(() => {}); // whoever waits for it handles it; there may be nobody
  /** All changes of the price in (floor, position], oldest first. */
  let recent: WatchEvent[] = [];
  let floor = 0n;
  let position = 0n;
  /** What followed this position, and so what followed any before it, is known to be gone. */
  let gone = -1n;
  let latest: PriceUpdate | undefined;
  let stream = new AbortController();
  let rewindTimer: NodeJS.Timeout | undefined;
  let lastRewind = Number.NEGATIVE_INFINITY;

  /** Takes in an update from the stream that was opened after `opened`. */
  function accept(update: PriceUpdate, opened: bigint): void {
    const event = { sequence: update.sequence, data: JSON.stringify(viewUpdate(update)) };
    const whole = update.reason === 'snapshot' || update.reason === 'resync';
    // Where the present position is before the one asked for, the feed has begun anew and nobody can go on.
    const isGone = whole && update.sequence >= opened;
    if (isGone) gone = opened;
    position = update.sequence;
    if (whole) {
      recent = [];
      floor = position;
    } else {
      recent.push(event);
      if (recent.length > mostRecent) floor = recent.shift()?.sequence ?? floor;
    }
    if (whole || !latest || position > latest.sequence) latest = update;
    markReady();
    const further: Entry[] = [];
    for (const follower of followers) {
      // A whole state may have an earlier position than a follower: pricing's feed has begun anew.
      const had = whole ? follower.after === update.sequence : follower.after >= update.sequence;
      if (follower.waiting || had) continue;
      if (isGone && follower.after > opened) further.push(follower);
      else {
        give(follower, event);
        deliver(update.traceparent);
      }
    }
    if (further.length > 0) reopen(further);
  }

  /** Opens the stream again after the last of these followers. */
  function reopen(from: readonly Entry[]): void {
    for (const { after } of from) if (after < floor) floor = after;
    recent = [];
    position = floor;
    stream.abort();
  }

  function give(follower: Entry, event: WatchEvent): void {
    follower.after = event.sequence;
    follower.onEvent(event);
  }

  async function run(): Promise<void> {
    for (let attempt = 1; !stopped.signal.aborted; attempt++) {
      stream = new AbortController();
      const { signal } = stream;
      try {
        const opened = position;
        for await (const update of open(opened, signal)) {
          if (signal.aborted) break;
          accept(update, opened);
          attempt = 1;
        }
      } catch (error) {
        if (!signal.aborted && error instanceof RpcError && final.includes(error.code)) return fail(error);
        if (!(error instanceof RpcError))
          return fail(new RpcError(Code.INTERNAL, 'internal error', {}, error));
      }
      if (signal.aborted) attempt = 0;
      else await backOff(attempt, stopped.signal);
    }
  }

  function fail(error: RpcError): void {
    markFailed(error);
    onFail();
    for (const follower of followers) follower.onEnd(error);
  }

  function rewindSoon(): void {
    rewindTimer ??= setTimeout(rewind, Math.max(0, lastRewind + rewindPauseMs - performance.now()));
  }

  function rewind(): void {
    rewindTimer = undefined;
    lastRewind = performance.now();
    const waiting = [...followers].filter((follower) => follower.waiting);
    for (const follower of waiting) follower.waiting = false;
    if (waiting.length > 0) reopen(waiting);
  }

  void detached({ path: 'GET /api/prices/stream', budgetMs: Number.POSITIVE_INFINITY }, run);

  return {
    ready,
    follow(follower, after) {
      const entry: Entry = { ...follower, after: after ?? -1n, waiting: false };
      followers.add(entry);
      const present = latest as PriceUpdate;
      // A position beyond the present one is of another database, such as one that was reset: waiting for it, the
      // follower would miss every change until the new feed gets there.
      if (after === undefined || after <= gone || after > present.sequence) {
        const reason = after === undefined ? 'snapshot' : 'resync';
        give(entry, { sequence: present.sequence, data: JSON.stringify({ ...viewUpdate(present), reason }) });
      } else if (after >= floor) {
        for (const event of recent) if (event.sequence > after) give(entry, event);
      } else {
        entry.waiting = true;
        rewindSoon();
      }
      return () => followers.delete(entry);
    },
    stop() {
      stopped.abort();
      stream.abort();
      clearTimeout(rewindTimer);
      markFailed(new RpcError(Code.CANCELLED, 'the watch was closed'));
    },
  };
}
