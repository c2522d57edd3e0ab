import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Fault, ProcessMessage } from '@hotpath/rpc';
import { sumOf } from '@hotpath/telemetry';
import type { Answer, Command } from './chain/control.ts';

/** A process of the chain, `src/chain/NAME.ts`, or of the shop, `services/NAME/src/main.ts`. */
export type Program = 'edge' | 'node' | 'bare' | ShopProcess;

const shop = ['gateway', 'inventory', 'pricing', 'user'] as const;
type ShopProcess = (typeof shop)[number];

/** A process that runs. */
export type Running = {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  readonly pid: number;
  /** Whether it still runs. */
  alive(): boolean;
  /** Tells it to end as Kubernetes does, by SIGTERM. @returns when it has: its exit code, and after how many ms */
  stop(): Promise<{ readonly code: number | null; readonly ms: number }>;
  /** Ends it by SIGKILL. @returns when it has */
  kill(): Promise<void>;
  /** Holds its event loop up for `ms`, as a computation does that should be elsewhere. */
  block(ms: number): void;
  /** What befalls its calls from now on; none heals it. */
  setFault(fault?: Fault): void;
  /** How long its own work takes from now on, ms. */
  setWork(ms: number): void;
  /** What it has seen. */
  ledger(): Promise<Answer>;
  /** The sum of a metric's series whose labels hold all of `labels`, from its /metrics. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  /** Resident memory, bytes, as the kernel counts it. */
  memory(): number;
};

/** Starts a process. @param log told of every line that it writes */
export function launch(
  program: Program,
  env: Readonly<Record<string, string | undefined>>,
  log: (line: string) => void,
): ChildProcess {
  const clock = fileURLToPath(new URL('./chain/clock.ts', import.meta.url));
  const child = fork(fileOf(program), [], {
    // When the runner dies, however it does, the channel to it breaks, and each process drains.
    // The young generation is as small as the shop's: what V8 lets grow there by default would be most of what is measured.
    execArgv: ['--max-semi-space-size=4', ...(env.CLOCK_OFFSET_MS ? ['--import', clock] : [])],
    env: {
      ...process.env,
      ...anyPorts,
      NODE_OPTIONS: '',
      NODE_ENV: '',
      LOG_LEVEL: 'warn',
      FAULTS: 'true',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  logLines(program, child, log);
  return child;
}

/** Starts any other program. */
export function launchOther(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  log: (line: string) => void,
): ChildProcess {
  const child = spawn(program, args, { env: { ...process.env, ...env } });
  logLines(program, child, log);
  return child;
}

function logLines(program: string, { stdout, stderr }: ChildProcess, log: (line: string) => void): void {
  for (const output of [stdout, stderr]) {
    output?.setEncoding('utf8').on('data', (text: string) => log(`${program}: ${text.trimEnd()}`));
  }
}

const anyPorts = Object.fromEntries(
  shop
    .flatMap((name) => [`${name.toUpperCase()}_PORT`, `${name.toUpperCase()}_ADMIN_PORT`])
    .map((key) => [key, '0']),
);

/** By path, never by import: who keeps this package without the shop loses the scenarios that start it, and nothing else. */
function fileOf(program: Program): string {
  const path = shop.some((name) => name === program)
    ? `../../../services/${program}/src/main.ts`
    : `./chain/${program}.ts`;
  return fileURLToPath(new URL(path, import.meta.url));
}

type Ports = { readonly port: number; readonly adminPort: number };

/** Resolves when a process has said that it is ready; rejects where it ends before. */
export async function ready(program: Program, child: ChildProcess): Promise<Running> {
  const ports = await new Promise<Ports>((resolve, reject) => {
    let ports: Ports | undefined;
    const heed = (message: ProcessMessage) => {
      if (message.type === 'listening') ports = message;
      if (message.type !== 'ready' || !ports) return;
      child.off('message', heed);
      resolve(ports);
    };
    child.on('message', heed);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code} before it was ready`)));
  });
  return running(child, ports);
}

/** Resolves when something takes connections on a port; rejects where the program ends before. */
export async function listening(program: string, child: ChildProcess, port: number): Promise<void> {
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`${program} ended with ${code} before it listened on PORT`)),
    );
  });
  ended.catch(() => {}); // it may end later, at any time
  while (!(await Promise.race([takesConnections(port), ended]))) await sleep(20);
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function running(child: ChildProcess, { port, adminPort }: Ports): Running {
  const tell = (command: Command) => child.connected && child.send(command);
  return {
    address: `127.0.0.1:${port}`,
    pid: child.pid as number,
    alive: () => isAlive(child),
    async stop() {
      const from = performance.now();
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await ended;
      return { code, ms: performance.now() - from };
    },
    kill: () => end(child),
    block: (ms) => tell({ type: 'block', ms }),
    setFault: (fault) => tell({ type: 'fault', fault }),
    setWork: (ms) => tell({ type: 'work', ms }),
    ledger: () =>
      new Promise((resolve, reject) => {
        const ended = () => reject(new Error('the process has ended'));
        child.once('exit', ended);
        child.once('message', (answer: Answer) => {
          child.off('exit', ended);
          resolve(answer);
        });
        tell({ type: 'ledger' });
      }),
    async metric(name, labels = {}) {
      const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
      return sumOf(text, name, labels) ?? 0;
    },
    memory() {
      const [, kilobytes] =
        /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      return Number(kilobytes) * 1024;
    },
  };
}

const isAlive = (child: ChildProcess) => child.exitCode === null && child.signalCode === null;

/** Ends a process at once, where it has not ended. */
export async function end(child: ChildProcess): Promise<void> {
  if (!isAlive(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
