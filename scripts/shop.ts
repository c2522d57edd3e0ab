import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { ProcessMessage } from '@hotpath/rpc';
import { catalogue, type WorkloadName } from '../cdk8s/src/catalogue.ts';
import { calleesOf } from '../cdk8s/src/edges.ts';

/** The processes that each process calls: it is told their addresses, and so starts after them. */
const callees = new Map(
  catalogue.map((workload) => [workload.name, calleesOf(workload).map(({ name }) => name)] as const),
);

/**
 * Where there is much memory, V8 lets garbage grow to three times of what is alive before it collects it, and the
 * young generation to 16 MB: 90 MB while a million lines stream through. By these limits it is 25.
 */
const heapLimits = ['--max-semi-space-size=4', '--max-old-space-size=512'];

/** Loaded first; does something where OTEL_* variables turn traces on. */
const traces = new URL('../packages/telemetry/src/register.ts', import.meta.url).href;

/** One of the shop's processes. */
export type ProcessName = WorkloadName;
/** All of them, in the order in which they start. */
export const processNames: readonly ProcessName[] = calleesFirst();

/** Where a process listens, loopback host and port. */
export type Endpoint = { readonly pid: number; readonly address: string; readonly admin: string };

/** What `launchShop` is told. */
export type ShopInit = {
  /** Environment of each process; the addresses that it calls are added. */
  readonly envOf: (name: ProcessName) => NodeJS.ProcessEnv;
  /** Gets each line that a process prints. */
  readonly onLine: (name: ProcessName, line: string) => void;
};

/** The running shop. */
export type Shop = {
  readonly endpoints: Readonly<Record<ProcessName, Endpoint>>;
  /** Resolves with the first process that ends without being told to. */
  readonly crashed: Promise<string>;
  /** Drains gateway first and leaves last, so that no call in flight loses its callee. */
  stop(): Promise<void>;
  /** Ends all at once. */
  kill(): void;
};

/**
 * Starts all processes and resolves when all are ready. Rejects with the first one's own words when it
 * cannot start, after ending the others.
 */
export async function launchShop({ envOf, onLine }: ShopInit): Promise<Shop> {
  const children = new Map<ProcessName, ChildProcess>();
  const endpoints: Partial<Record<ProcessName, Endpoint>> = {};
  const listening = resolversByName();
  const ready = resolversByName();
  const crash = Promise.withResolvers<string>();
  let stopping = false;

  const launch = async (name: ProcessName) => {
    const others = callees.get(name) ?? [];
    await Promise.all(others.map((other) => listening[other].promise));
    if (stopping) return;
    const addresses = others.flatMap((other) => [
      [`${other.toUpperCase()}_ADDRESS`, endpoints[other]?.address],
      [`${other.toUpperCase()}_ADMIN_ADDRESS`, endpoints[other]?.admin],
    ]);
    const main = new URL(`../services/${name}/src/main.ts`, import.meta.url);
    const child = fork(main, {
      env: { ...envOf(name), ...Object.fromEntries(addresses) },
      execArgv: [...heapLimits, '--import', traces],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own: a terminal's Ctrl-C must not reach it before those that still call it have drained.
      detached: true,
    });
    children.set(name, child);
    const words: string[] = [];
    eachLine(child.stdout, (line) => onLine(name, line));
    eachLine(child.stderr, (line) => (endpoints[name] ? onLine(name, line) : words.push(line)));
    child.on('message', (message: ProcessMessage) => {
      if (message.type === 'ready') return ready[name].resolve();
      endpoints[name] = {
        pid: child.pid as number,
        address: `127.0.0.1:${message.port}`,
        admin: `127.0.0.1:${message.adminPort}`,
      };
      listening[name].resolve();
    });
    // 'close' comes after the last line was read, 'exit' may come before.
    child.on('close', (code, signal) => {
      if (stopping) return;
      crash.resolve(words.join('\n') || `${name} ended by itself (${signal ?? `exit code ${code}`})`);
    });
  };

  const end = async (name: ProcessName) => {
    const child = children.get(name);
    if (child) await endChild(child);
  };
  const stop = async () => {
    stopping = true;
    for (const name of [...processNames].reverse()) await end(name);
  };

  for (const name of processNames) void launch(name);
  const outcome = await Promise.race([
    Promise.all(processNames.map((name) => ready[name].promise)).then(() => undefined),
    crash.promise,
  ]);
  if (outcome !== undefined) {
    await stop();
    throw new Error(outcome);
  }
  return {
    endpoints: endpoints as Record<ProcessName, Endpoint>,
    crashed: crash.promise,
    stop,
    kill() {
      stopping = true;
      for (const child of children.values()) child.kill('SIGKILL');
    },
  };
}

/** Tells a process to end, where it has not, and resolves when it has and its last line was read. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
}

/** Throws Error where processes call each other in a circle: none of them could be told the others' addresses. */
function calleesFirst(): readonly ProcessName[] {
  const names: ProcessName[] = [];
  while (names.length < catalogue.length) {
    const next = catalogue.find(
      ({ name }) => !names.includes(name) && callees.get(name)?.every((callee) => names.includes(callee)),
    );
    if (!next) {
      const circle = catalogue.map(({ name }) => name).filter((name) => !names.includes(name));
      throw new Error(
        `${circle.join(', ')} call each other in a circle: see packages/contracts/src/call-graph.ts`,
      );
    }
    names.push(next.name);
  }
  return names;
}

function resolversByName() {
  return Object.fromEntries(processNames.map((name) => [name, Promise.withResolvers<void>()])) as Record<
    ProcessName,
    PromiseWithResolvers<void>
  >;
}

function eachLine(stream: Readable | null, take: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', take);
}
