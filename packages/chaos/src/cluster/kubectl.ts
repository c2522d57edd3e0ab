import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The namespace of the shop. */
export const namespace = 'hotpath';

const exec = promisify(execFile);
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Runs kubectl, in the shop's namespace unless the arguments name another.
 * @param input what it reads from standard input
 * @returns what it prints
 * @throws Error with the command and what it says, where it fails
 */
export async function kubectl(args: readonly string[], input = ''): Promise<string> {
  const running = exec('kubectl', ['--namespace', namespace, ...args], { maxBuffer: MOST_BYTES });
  running.child.stdin?.on('error', () => {}); // it may end before it has read all; its exit code says so
  running.child.stdin?.end(input);
  return (await running).stdout;
}
