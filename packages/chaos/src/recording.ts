import { AsyncLocalStorage } from 'node:async_hooks';

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

/** What part of a scenario runs: the system is set up, proven healthy, suffers the fault, or has been healed of it. */
export type Phase = 'given' | 'healthy' | 'fault' | 'healed';

/** What happened in a trial. All times are ms of `performance.now()`. */
export type Recording = {
  readonly startedAt: number;
  endedAt: number;
  /** Each phase and its begin; it lasts until the next one. */
  readonly phases: { readonly phase: Phase; readonly at: number }[];
  /** Of all requests that were sent by load.ts, in the order of their answers. */
  readonly outcomes: Outcome[];
};

const trials = new AsyncLocalStorage<{ readonly recording: Recording; readonly over: AbortSignal }>();

/** Runs `work` with a recording of its own, which all load that starts in it goes to. */
export async function recorded<T>(
  work: (recording: Recording) => Promise<T>,
): Promise<{ readonly result: T; readonly recording: Recording }> {
  const startedAt = performance.now();
  const recording: Recording = { startedAt, endedAt: startedAt, phases: [], outcomes: [] };
  const ending = new AbortController();
  try {
    const result = await trials.run({ recording, over: ending.signal }, () => work(recording));
    recording.endedAt = performance.now();
    return { result, recording };
  } finally {
    ending.abort();
  }
}

/** Where the outcomes of a load that starts now are kept besides its own; undefined outside of trials. */
export function currentRecording(): Recording | undefined {
  return trials.getStore()?.recording;
}

/** Runs `stop` when the trial is over that this is called in: a load that it has not stopped ends with it. */
export function atTrialsEnd(stop: () => void): void {
  trials.getStore()?.over.addEventListener('abort', stop, { once: true });
}
