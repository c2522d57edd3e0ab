import { setTimeout as sleep } from 'node:timers/promises';

/** What became of one request. */
export type Outcome = {
  readonly id: string;
  /** When it was due and sent, `performance.now()` ms. */
  readonly dueAt: number;
  /** From when it was due to its answer, ms: a late sender does not hide a late answer. */
  readonly ms: number;
  /** What the sender made of the answer: a status, a code. */
  readonly result: string;
};

/** A load that runs. */
export type Load = {
  /** What has become of the requests so far, in the order of their answers. */
  readonly outcomes: readonly Outcome[];
  /** Sends no more and waits for the answers. */
  stop(): Promise<readonly Outcome[]>;
};

let loads = 0;

/** Sends at a fixed rate, whether answers come or not (open loop); each request has an id of its own. */
export function steadily(perSecond: number, send: (id: string) => Promise<string>): Load {
  const load = ++loads;
  const outcomes: Outcome[] = [];
  const inFlight = new Set<Promise<void>>();
  const startedAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    for (let due = dueAt(sent); due <= performance.now(); due = dueAt(sent))
      request(`${load}-${sent++}`, due);
  }, 1);

  function dueAt(number: number): number {
    return startedAt + (number * 1000) / perSecond;
  }

  function request(id: string, due: number): void {
    const settle = (result: string) => {
      outcomes.push({ id, dueAt: due, ms: performance.now() - due, result });
      inFlight.delete(done);
    };
    const done = send(id).then(settle, (error) => settle(String(error)));
    inFlight.add(done);
  }

  return {
    outcomes,
    async stop() {
      clearInterval(timer);
      await Promise.all(inFlight);
      return outcomes;
    },
  };
}

/** Sends steadily for a time, ms, and gives what became of it. */
export async function sendFor(
  ms: number,
  perSecond: number,
  send: (id: string) => Promise<string>,
): Promise<readonly Outcome[]> {
  const load = steadily(perSecond, send);
  await sleep(ms);
  return load.stop();
}

/** How many outcomes have a result. */
export function count(outcomes: readonly Outcome[], result: string): number {
  return outcomes.filter((outcome) => outcome.result === result).length;
}
