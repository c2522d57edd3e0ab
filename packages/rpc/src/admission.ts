import { type AdmissionState, refusedCalls, trackAdmission } from '@hotpath/telemetry';
import type { Call } from './call.ts';
import { createConcurrencyLimit, type LimitBounds } from './concurrency-limit.ts';
import { resourceExhausted } from './errors.ts';
import type { Policy } from './policy.ts';
import { tellWait } from './span.ts';
import { defended } from './trials.ts';

/** Calls that may wait, whatever the limit: each is held in memory. */
const LONGEST_QUEUE = 1_000;
/** A call may be planned to take this part of what it has left: the plan is an estimate. */
const PLANNED_SHARE = 0.5;
/** Streams have no deadline to be ordered by: this is how long one may wait for its start, ms. */
const STREAM_PATIENCE_MS = 1_000;

const shedding = defended('shedding');

/** A call in the queue. */
type Waiter = {
  /** When it must be done, `performance.now()` ms. */
  readonly deadline: number;
  /** How long it will take once it has started, by what its method took lately, ms. */
  readonly serviceMs: number;
  readonly start: () => void;
};

/**
 * Lets as many calls at the handlers as the server does well with (createConcurrencyLimit) and keeps a short queue of
 * others, those with the least time left first. A call that would not be done in time, or would make one
 * ahead of the line late, is refused at once: RESOURCE_EXHAUSTED with RetryInfo, so that work is spent only on
 * answers that somebody still waits for. Streams are held back like other calls, but once started take no place;
 * nor do calls that wait for another service, so that a slow one does not close those before it.
 *
 * Make one per server: the limit is of the process, not of a method.
 */
export function admission(bounds?: LimitBounds): Policy {
  const limit = createConcurrencyLimit(bounds);
  const queue: Waiter[] = [];
  const state: AdmissionState = {
    get limit() {
      return limit.value;
    },
    get inFlight() {
      return limit.inFlight;
    },
    get queued() {
      return queue.length;
    },
  };
  trackAdmission(state);

  /** Puts a waiter into the line where every one is still done in time; false where there is no such place. */
  function enqueue(waiter: Waiter): boolean {
    if (queue.length >= LONGEST_QUEUE) return false;
    const now = performance.now();
    const fits = (one: Waiter, ahead: number) =>
      limit.waitMs(ahead) + one.serviceMs <= (one.deadline - now) * PLANNED_SHARE;
    let at = queue.length;
    while (at > 0 && (queue[at - 1] as Waiter).deadline > waiter.deadline) at--;
    if (!fits(waiter, at)) return false;
    for (let i = at; i < queue.length; i++) if (!fits(queue[i] as Waiter, i + 1)) return false;
    queue.splice(at, 0, waiter);
    return true;
  }

  function startNext(): void {
    while (queue.length > 0 && limit.inFlight < limit.value) (queue.shift() as Waiter).start();
  }

  return (next, { method }) => {
    if (!shedding) return next;
    const profile = limit.profile();
    const name = method.path.slice(1);
    // From 0 on, so that the first one shows in a rate.
    refusedCalls.inc({ rpc_method: name }, 0);
    const patienceMs = method.kind === 'unary' ? Number.POSITIVE_INFINITY : STREAM_PATIENCE_MS;

    /** Takes a place until the call is over, except while it waits for others. */
    const occupy = (call: Call) => {
      if (method.kind !== 'unary') return;
      const place = limit.enter(profile);
      call.onWait = (waiting) => {
        if (call.over) return;
        if (waiting) limit.pause(place);
        else limit.resume(place);
        startNext();
      };
      call.onSettled((code) => {
        limit.leave(place, code);
        startNext();
      });
    };

    const wait = (call: Call) =>
      new Promise<void>((resolve, reject) => {
        const waiter: Waiter = {
          deadline: Math.min(call.deadline, call.startedAt + patienceMs),
          serviceMs: profile.wholeMs,
          start() {
            leave();
            occupy(call);
            resolve();
          },
        };
        if (!enqueue(waiter)) {
          refusedCalls.inc({ rpc_method: name });
          const retryAfterMs = Math.ceil(limit.waitMs(queue.length));
          return reject(
            resourceExhausted(`${name}: the server is at its limit of ${limit.value} calls`, retryAfterMs),
          );
        }
        const leave = call.onEnd((cause) => {
          queue.splice(queue.indexOf(waiter), 1);
          reject(cause);
        });
      });

    return (call, request) => {
      if (limit.inFlight < limit.value && queue.length === 0) {
        occupy(call);
        return next(call, request);
      }
      const since = performance.now();
      return wait(call).then(() => {
        tellWait(call, 'admissionWait', since);
        call.throwIfEnded();
        return next(call, request);
      });
    };
  };
}
