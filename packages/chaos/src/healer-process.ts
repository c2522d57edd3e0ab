/**
 * Waits until the runner that started it lets go of it or dies, however it does, then heals what that has left behind:
 * undoes what was not undone, ends all processes that bear the trial's mark, stopped ones too, and removes its folder.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Undo } from './healer.ts';

/** How long processes have to end by themselves, ms. */
const GRACE_MS = 5_000;

const [, , mark = '', folder = ''] = process.argv;
const undos = new Map<number, readonly string[]>();

process.on('message', ({ number, command }: Undo) => {
  if (command) undos.set(number, command);
  else undos.delete(number);
});

process.once('disconnect', async () => {
  for (const [program = '', ...args] of [...undos.values()].reverse()) spawnSync(program, args);
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

async function endAll(): Promise<void> {
  const killAt = performance.now() + GRACE_MS;
  for (let left = marked(); left.length > 0; left = marked()) {
    for (const pid of left) {
      signal(pid, performance.now() < killAt ? 'SIGTERM' : 'SIGKILL');
      signal(pid, 'SIGCONT'); // what is stopped heeds nothing else before
    }
    await sleep(200);
  }
}

/** All processes whose environment has the trial's mark. */
function marked(): number[] {
  return numbersIn('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark);
    } catch {
      return false; // it has just ended, or is another user's
    }
  });
}

function numbersIn(path: string): number[] {
  try {
    return readdirSync(path).map(Number).filter(Number.isInteger);
  } catch {
    return []; // another system than Linux: there processes end by themselves, when their channel to the runner breaks
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has just ended
  }
}
