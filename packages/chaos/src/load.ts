import { setTimeout as sleep } from 'node:timers/promises';
import { atTrialsEnd, currentRecording, type Outcome } from './recording.ts';

export type { Outcome } from './recording.ts';

/** Sends one request that it gets the id of; gives a status or a code. What it throws is the outcome too. */
export type Send = (id: string) => Promise<string>;

/** A load that runs. */
export type Load = {
  /** What has become of the requests so far, in the order of their answers. */
  readonly outcomes: readonly Outcome[];
  /** Sends no more and waits for the answers. */
  stop(): Promise<readonly Outcome[]>;
};

let loads = 0;

/** Sends at a fixed rate, whether answers come or not (open loop); each request has an id of its own. */
export function steadily(perSecond: number, send: Send): Load {
  const request = requests(send);
  const inFlight = new Set<Promise<Outcome>>();
  const outcomes: Outcome[] = [];
  const startedAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    for (let due = dueAt(sent); due <= performance.now(); due = dueAt(++sent)) {
      const done = request(due);
      inFlight.add(done);
      void done.then((outcome) => {
        outcomes.push(outcome);
        inFlight.delete(done);
      });
    }
  }, 1);

  atTrialsEnd(() => clearInterval(timer));

  function dueAt(number: number): number {
    return startedAt + (number * 1000) / perSecond;
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
export async function sendFor(ms: number, perSecond: number, send: Send): Promise<readonly Outcome[]> {
  const load = steadily(perSecond, send);
  await sleep(ms);
  return load.stop();
}

/** Sends so many requests at once and gives what became of them, in the order in which they were sent. */
export function sendAtOnce(count: number, send: Send): Promise<readonly Outcome[]> {
  const request = requests(send);
  const due = performance.now();
  return Promise.all(Array.from({ length: count }, () => request(due)));
}

/** Of how many requests some were lost, and what became of most of these, for a check's unit. */
export function ofAll(outcomes: readonly Outcome[], expected: string): string {
  const lost = Map.groupBy(
    outcomes.filter(({ result }) => result !== expected),
    ({ result }) => result,
  );
  const [most] = [...lost.entries()].sort(([, a], [, b]) => b.length - a.length);
  return `of ${outcomes.length}${most ? `, mostly "${most[0]}"` : ''}`;
}

/** How many outcomes have a result. */
export function count(outcomes: readonly Outcome[], result: string): number {
  return outcomes.filter((outcome) => outcome.result === result).length;
}

/** Sends the requests of one load, each with an id of its own, and records what becomes of them. */
function requests(send: Send): (dueAt: number) => Promise<Outcome> {
  const recording = currentRecording();
  const load = ++loads;
  let sent = 0;
  return async (dueAt) => {
    const id = `${load}-${sent++}`;
    const result = await send(id).catch(String);
    const outcome = { id, dueAt, ms: performance.now() - dueAt, result };
    recording?.outcomes.push(outcome);
    return outcome;
  };
}
