import { Code } from './code.ts';

/** Between what the limit moves, in calls. */
export type LimitBounds = {
  /** Never fewer. A few slow calls to another service must not close a server that has time for others. */
  readonly min: number;
  /** Where it begins. */
  readonly initial: number;
  /** Never more. */
  readonly max: number;
};

const defaults: LimitBounds = { min: 20, initial: 100, max: 1_000 };

/** The limit is looked at again after this time, ms, and this many calls. */
const WINDOW_MS = 100;
const WINDOW_CALLS = 10;
/** Calls may take this many times what they take when the server is idle: above it they wait for each other. */
const TOLERANCE = 1.5;
/** Differences below this, ms, are the event loop's and the collector's, not a queue's. */
const NOISE_MS = 5;
/** Weight of the newest call in an average. */
const WEIGHT = 0.1;

/** What is known of one method. */
export type Profile = {
  /** What it takes while little else is in flight, ms; 0 until known. */
  idleMs: number;
  /** What it took lately, ms. */
  recentMs: number;
  /** The same with its waits for other services, ms. */
  wholeMs: number;
  /** Calls known of. */
  calls: number;
};

/** A call's place at the handlers. */
type Place = {
  readonly profile: Profile;
  /** Whether little else was in flight when it came. */
  readonly idle: boolean;
  /** When it came, `performance.now()` ms. */
  readonly enteredAt: number;
  /** Whether it is at work; else it waits for other services, or is done. */
  working: boolean;
  /** When it began to work again, `performance.now()` ms. */
  since: number;
  /** How long it had worked before, ms. */
  workedMs: number;
};

/** How many calls a server does at once, found by how much longer they take than on an idle server. */
export type ConcurrencyLimit = {
  /** The limit now. */
  readonly value: number;
  /** Calls at work. */
  readonly inFlight: number;
  /** A new method's profile. */
  profile(): Profile;
  /** Takes a place. */
  enter(profile: Profile): Place;
  /** Gives it up while the call waits for other services: their time is not this server's. */
  pause(place: Place): void;
  /** Takes it again, also above the limit: what is begun should be finished. */
  resume(place: Place): void;
  /** Gives it up for good. Only answers and lost deadlines teach something: a refusal is quick, whatever the load. */
  leave(place: Place, code: Code): void;
  /** How long a call waits that has that many ahead of it, ms, if calls leave as they did lately. */
  waitMs(ahead: number): number;
};

/**
 * A limit by gradient: per window it is multiplied by how much faster calls would be without each other, at most
 * halved, and given the square root of itself to grow, so that it finds more room where there is some. It moves
 * only while it is in use. What a call takes without the others is learnt, per method, from calls that
 * came when at most a quarter of the limit was in flight, and before there are any, from the fastest of the first.
 *
 * Sources: Envoy's adaptive concurrency (gradient, square root, latency of the idle server),
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/adaptive_concurrency_filter, and
 * Netflix's Gradient2 (tolerance, no moves below half of the limit, averages instead of minima),
 * https://github.com/Netflix/concurrency-limits. Unlike Envoy's, it never cuts traffic to measure.
 */
export function createConcurrencyLimit(bounds: LimitBounds = defaults): ConcurrencyLimit {
  let value = bounds.initial;
  let inFlight = 0;
  /** What any call took lately, ms: how fast places become free. */
  let recentMs = 0;
  let learnt = 0;

  let windowStart = performance.now();
  let calls = 0;
  let stretches = 0;
  let inUse = false;

  function learn({ profile, workedMs: ms, enteredAt, idle }: Place): void {
    const now = performance.now();
    profile.calls++;
    profile.recentMs += (ms - profile.recentMs) * weight(profile.calls);
    profile.wholeMs += (now - enteredAt - profile.wholeMs) * weight(profile.calls);
    recentMs += (ms - recentMs) * weight(++learnt);
    if (idle) profile.idleMs += (ms - profile.idleMs) * weight(profile.calls);
    else if (profile.calls <= WINDOW_CALLS || profile.idleMs === 0) {
      profile.idleMs = profile.idleMs === 0 ? ms : Math.min(profile.idleMs, ms);
    }
    calls++;
    stretches += ms / Math.max(profile.idleMs, NOISE_MS);
    // A shorter window than a call would judge the limit by calls that came before it was set.
    if (calls >= WINDOW_CALLS && now - windowStart >= Math.max(WINDOW_MS, 2 * recentMs)) adapt(now);
  }

  function work(place: Place): void {
    place.working = true;
    place.since = performance.now();
    inFlight++;
    if (inFlight * 2 >= value) inUse = true;
  }

  function rest(place: Place): void {
    if (!place.working) return;
    place.working = false;
    place.workedMs += performance.now() - place.since;
    inFlight--;
  }

  function adapt(now: number): void {
    if (inUse) {
      const gradient = Math.min(1, Math.max(0.5, (TOLERANCE * calls) / stretches));
      value = Math.round(value * gradient + Math.sqrt(value));
      value = Math.min(bounds.max, Math.max(bounds.min, value));
    }
    windowStart = now;
    calls = 0;
    stretches = 0;
    inUse = false;
  }

  return {
    get value() {
      return value;
    },
    get inFlight() {
      return inFlight;
    },
    profile: () => ({ idleMs: 0, recentMs: 0, wholeMs: 0, calls: 0 }),
    enter(profile) {
      const idle = inFlight * 4 < value;
      const place = { profile, idle, enteredAt: performance.now(), working: false, since: 0, workedMs: 0 };
      work(place);
      return place;
    },
    pause: rest,
    resume: work,
    leave(place, code) {
      rest(place);
      if (code === Code.OK || code === Code.DEADLINE_EXCEEDED) learn(place);
    },
    waitMs: (ahead) => ((ahead + 1) * recentMs) / value,
  };
}

/** The weight of the newest of so many: the first count in full, so that an average is right from the start. */
function weight(calls: number): number {
  return Math.max(WEIGHT, 1 / calls);
}
