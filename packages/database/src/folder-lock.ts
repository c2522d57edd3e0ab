import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderInUseError } from './errors.ts';

const lockName = /^process-(\d+)\.lock$/;

/**
 * Takes a folder for this process, making it where it is missing, and returns the function that gives it back.
 * Every taker first puts down its own lock file and then looks for others: of two that start together at least
 * one sees the other, so never both go on. A lock whose process is gone is removed. Locks tell processes of one
 * machine apart, not of several machines or containers that share a volume.
 *
 * @throws {FolderInUseError} when a living process, this one included, has the folder
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const own = join(folder, `process-${process.pid}.lock`);
  removeIfStale(folder, process.pid);
  writeFileSync(own, startOf(process.pid) ?? '', { flag: 'wx' });
  for (const file of readdirSync(folder)) {
    const pid = Number(lockName.exec(file)?.[1] ?? process.pid);
    if (pid === process.pid) continue;
    try {
      removeIfStale(folder, pid);
    } catch (error) {
      rmSync(own, { force: true });
      throw error;
    }
  }
  return () => rmSync(own, { force: true });
}

function removeIfStale(folder: string, pid: number): void {
  const file = join(folder, `process-${pid}.lock`);
  const start = contentOf(file);
  if (start === undefined) return;
  // An empty file is a lock that its process is about to fill in.
  if (startOf(pid) !== undefined && (start === '' || start === startOf(pid))) {
    throw new FolderInUseError(folder, pid, file);
  }
  rmSync(file, { force: true });
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * What tells a process from a later one with the same id: on Linux the boot and the clock tick it started at
 * (proc(5), field 22 of stat), elsewhere nothing but that it lives. Undefined for a process that does not.
 */
function startOf(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  const stat = contentOf(`/proc/${pid}/stat`);
  if (stat === undefined) return 'alive';
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return `${contentOf('/proc/sys/kernel/random/boot_id')?.trim()} ${afterName[19]}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
