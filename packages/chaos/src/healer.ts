import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Registers a command that undoes a fault, or takes it back where it has none. */
export type Undo = { readonly number: number; readonly command?: readonly string[] };

/** A process beside the runner that heals what is left of a trial, even where the runner is killed. */
export type Healer = {
  /** Runs a program with its arguments in case the runner dies. @returns takes it back, once the fault is undone */
  undoIfKilled(command: readonly string[]): () => void;
  /** Heals all that is left. Returns when that is done. */
  close(): Promise<void>;
};

/** Its value is a trial's own; processes inherit it. */
const MARK = 'HOTPATH_TRIAL';

/** Starts one. Until it is closed, what this process starts bears the trial's mark, and its temporary folder is the trial's. */
export function startHealer(): Healer {
  const mark = randomUUID();
  const folder = mkdtempSync(join(tmpdir(), 'hotpath-trial-'));
  chmodSync(folder, 0o711); // PostgreSQL runs as another user where the runner is root
  const child = fork(
    fileURLToPath(new URL('./healer-process.ts', import.meta.url)),
    [`${MARK}=${mark}`, folder],
    // Neither a terminal's Ctrl-C nor a signal to the runner's group must reach it.
    { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] },
  );
  const before = { [MARK]: process.env[MARK], TMPDIR: process.env.TMPDIR };
  setAll({ [MARK]: mark, TMPDIR: folder });
  let undos = 0;
  return {
    undoIfKilled(command) {
      const number = ++undos;
      child.send({ number, command } satisfies Undo);
      return () => child.send({ number } satisfies Undo);
    },
    async close() {
      setAll(before);
      const healed = once(child, 'exit');
      child.disconnect();
      await healed;
    },
  };
}

function setAll(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
