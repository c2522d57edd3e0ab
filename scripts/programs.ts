import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The programs that the cluster's scripts run, and how each is had where it is missing. */
const sources = {
  docker: 'https://docs.docker.com/get-docker/, with buildx; its daemon must run',
  kind: 'https://kind.sigs.k8s.io/docs/user/quick-start/#installation, or: go install sigs.k8s.io/kind@latest',
  kubectl: 'https://kubernetes.io/docs/tasks/tools/',
  linkerd:
    'curl --proto "=https" --tlsv1.2 -sSfL https://run.linkerd.io/install-edge | sh; it goes to ~/.linkerd2/bin',
} as const;

/** One of them. */
export type Program = keyof typeof sources;

const root = fileURLToPath(new URL('..', import.meta.url));

/** @throws Error that names each program that is not on PATH, and how to get it */
export function requirePrograms(...names: readonly Program[]): void {
  const missing = names.filter((name) => !isOnPath(name));
  if (missing.length === 0) return;
  const lines = missing.map((name) => `  ${name}: ${sources[name]}`);
  throw new Error(`Not on your PATH:\n${lines.join('\n')}\nInstall what is missing, then run this again.`);
}

function isOnPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** How a program is run. */
export type RunOptions = {
  /** What it reads from standard input. */
  readonly input?: string | Uint8Array;
  /** Returns what it prints on standard output, instead of showing it. */
  readonly capture?: boolean;
};

/**
 * Runs a program in the root folder of the repository.
 * @returns its standard output where it is captured, else ''
 * @throws Error with the command and what it says on standard error, when it fails
 */
export async function run(
  program: string,
  args: readonly string[],
  { input, capture }: RunOptions = {},
): Promise<string> {
  const child = spawn(program, args, { cwd: root });
  const output: string[] = [];
  const words: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (capture) output.push(text);
    else process.stdout.write(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words.push(text);
    if (!capture) process.stderr.write(text);
  });
  child.stdin.on('error', () => {}); // it may end before it has read all; its exit code says so
  child.stdin.end(input);
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code === 0) return output.join('');
  throw new Error(`${program} ${args.join(' ')}: ended with ${code}\n${words.join('').trim()}`);
}
