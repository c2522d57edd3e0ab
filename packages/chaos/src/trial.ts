import { freePort } from '@hotpath/testing';
import { startHealer } from './healer.ts';
import { end, launch, launchOther, listening, type Program, type Running, ready } from './processes.ts';
import { type Phase, type Recording, recorded } from './recording.ts';

export type { Program, Running } from './processes.ts';

/** How a scenario is run. */
export type Manner = {
  /** Whether the defence that the scenario names stands. */
  readonly defended: boolean;
  /** Whether it takes its whole length, else as long as shows the same. */
  readonly thorough?: boolean;
};

/** One run of a scenario. */
export type Trial = Required<Manner> & {
  /** Says what part begins, for who watches and for the report: the fault's window is its phase. */
  phase(phase: Phase): void;
  /** Starts a program and waits until it is ready; it ends with the trial. */
  start(program: Program, env?: Readonly<Record<string, string | undefined>>): Promise<Running>;
  /**
   * Starts any other program, in this process's folder, and waits until it listens on the port of 127.0.0.1 that it is
   * told by PORT; it ends with the trial.
   */
  spawn(
    command: readonly [string, ...string[]],
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly address: string; readonly pid: number }>;
  /** Runs at the trial's end, whatever came of it; the latest first. */
  onClose(close: () => Promise<void> | void): void;
  /**
   * For a fault that outlives the runner, as a rule of a firewall does: runs a program with its arguments where the runner
   * is killed before the fault is undone. Processes need no such care: those that the trial has started end with it.
   * @returns to be called when the fault is undone
   */
  undoIfKilled(command: readonly string[]): () => void;
};

/** Who watches a trial. */
export type Watcher = {
  /** Told of each phase as it begins. */
  readonly onPhase?: (phase: Phase) => void;
  /** Told of every line that a process writes. */
  readonly log?: (line: string) => void;
};

/** Runs `work` as one trial and ends all that it has started. @returns its result, and what happened meanwhile */
export async function tryOut<T>(
  { defended, thorough = false }: Manner,
  work: (trial: Trial) => Promise<T>,
  { onPhase = () => {}, log = () => {} }: Watcher = {},
): Promise<{ readonly result: T; readonly recording: Recording }> {
  const healer = startHealer();
  const closers: (() => Promise<void> | void)[] = [];
  try {
    return await recorded((recording) => {
      const trial: Trial = {
        defended,
        thorough,
        phase(phase) {
          recording.phases.push({ phase, at: performance.now() });
          onPhase(phase);
        },
        async start(program, env = {}) {
          const child = launch(program, env, log);
          closers.push(() => end(child));
          return ready(program, child);
        },
        async spawn([program, ...args], env = {}) {
          const port = await freePort();
          const child = launchOther(program, args, { ...env, PORT: String(port) }, log);
          closers.push(() => end(child));
          await listening(program, child, port);
          return { address: `127.0.0.1:${port}`, pid: child.pid as number };
        },
        onClose: (close) => closers.push(close),
        undoIfKilled: healer.undoIfKilled,
      };
      trial.phase('given');
      return work(trial);
    });
  } finally {
    for (const close of closers.reverse()) await close();
    await healer.close();
  }
}
