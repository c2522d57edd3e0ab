import { WrongAnswer } from './check.ts';

/** One unit of work by number, its answer checked. */
export type Call = (number: number) => Promise<void>;

/** What a load has brought: how long each call took, in ms, in the order of their ends, and all of it together. */
export type Outcome = {
  readonly latenciesMs: number[];
  readonly failed: number;
  readonly elapsedMs: number;
};

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Calls until code is compiled and connections are open: for `ms`, and where others use the processor too up to three
 * times as long, until this process has had half of that. The first calls may wait longer than their budget, so here
 * one may fail, but not be answered wrongly.
 */
export async function warmUp(call: Call, inFlight: number, ms: number): Promise<void> {
  const tolerant: Call = async (number) => {
    try {
      await call(number);
    } catch (error) {
      if (error instanceof WrongAnswer) throw error;
      await sleep(5);
    }
  };
  const startedAt = performance.now();
  const before = process.cpuUsage();
  for (;;) {
    await closedLoop(tolerant, { inFlight, ms: ms / 3 });
    const elapsedMs = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(before);
    if (elapsedMs >= 3 * ms || (elapsedMs >= ms && user + system >= 500 * ms)) return;
  }
}

/** So many calls at any time, each followed by the next as soon as it has ended. Throws what a call throws. */
export async function closedLoop(
  call: Call,
  { inFlight, ms }: { readonly inFlight: number; readonly ms: number },
): Promise<Outcome> {
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  const keepCalling = async (from: number) => {
    let calledAt = performance.now();
    for (let number = from; calledAt < startedAt + ms; number += inFlight) {
      await call(number);
      const endedAt = performance.now();
      latenciesMs.push(endedAt - calledAt);
      calledAt = endedAt;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, index) => keepCalling(index)));
  return { latenciesMs, failed: 0, elapsedMs: performance.now() - startedAt };
}

/**
 * A call at each of the times of a fixed rate, whether those before have ended or not. How long one took is counted from
 * when it was due, so neither a stalled server nor a late client hides what callers would have waited. It looks at the
 * clock in every turn of the event loop: a timer would be late by up to a millisecond, as much as a call takes.
 */
export async function openLoop(
  call: Call,
  { perSecond, ms }: { readonly perSecond: number; readonly ms: number },
): Promise<Outcome> {
  const latenciesMs: number[] = [];
  let failed = 0;
  const total = Math.round((perSecond * ms) / 1000);
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  const startedAt = performance.now();
  let number = 0;
  const send = (dueAt: number) => {
    const done = () => {
      latenciesMs.push(performance.now() - dueAt);
      if (latenciesMs.length === total) resolve();
    };
    call(number).then(done, (error) => {
      if (error instanceof WrongAnswer) return reject(error);
      failed++;
      done();
    });
  };
  const turn = () => {
    const now = performance.now();
    for (; number < total; number++) {
      const dueAt = startedAt + (number * 1000) / perSecond;
      if (dueAt > now) break;
      send(dueAt);
    }
    if (number < total) setImmediate(turn);
  };
  turn();
  await ended;
  return { latenciesMs, failed, elapsedMs: performance.now() - startedAt };
}

/** The value that a share of `values` does not exceed, by nearest rank. Throws where there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}
