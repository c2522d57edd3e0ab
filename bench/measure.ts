import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WrongAnswer } from './check.ts';
import type { Message, Order } from './child.ts';
import type { Cores } from './cores.ts';
import { suiteOf } from './suites/index.ts';
import type { Figures, Pace, Trial } from './suites/suite.ts';

/** What was measured of one peer, over all its launches. */
export type Case = {
  readonly suite: string;
  /** `one price, server CPU` */
  readonly case: string;
  readonly peer: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** In the order of the launches. */
  readonly samples: readonly number[];
};

/** Launches are tried again so often: on a busy machine calls may miss their deadlines. */
const TRIES = 4;

/** How a suite is run. */
export type RunInit = {
  readonly cores: Cores;
  /** Told of each launch. */
  readonly progress: (text: string) => void;
  /** Which trials; all by default. */
  readonly only?: (trial: Trial) => boolean;
};

/**
 * Runs a suite: every trial once, then every trial once more, and so on, so that what changes on the machine changes for
 * all alike; each time by new processes, since where V8's compiler and collector land differs by launch.
 */
export async function runSuite(suite: string, pace: Pace, init: RunInit): Promise<Case[]> {
  const { cores, progress, only = () => true } = init;
  const { open, samples = pace.samples, warmUps = 1 } = await suiteOf(suite);
  const paceOfSuite = { ...pace, warmUpMs: pace.warmUpMs * (pace.quick ? 1 : warmUps) };
  const { trials, close } = await open(pace);
  const found = new Map<string, Omit<Case, 'median' | 'min' | 'max'> & { samples: number[] }>();
  try {
    for (let sample = 1; sample <= samples; sample++) {
      for (const trial of trials.filter(only)) {
        progress(`${suite} ${sample}/${samples}: ${trial.case}, ${trial.peer}`);
        for (const [more, { unit, value }] of Object.entries(
          await persist(suite, trial, paceOfSuite, cores),
        )) {
          const name = more ? `${trial.case}, ${more}` : trial.case;
          const key = JSON.stringify([name, trial.peer]);
          const entry = found.get(key) ?? { suite, case: name, peer: trial.peer, unit, samples: [] };
          entry.samples.push(value);
          found.set(key, entry);
        }
      }
    }
  } finally {
    await close?.();
  }
  return [...found.values()].map((entry) => {
    const sorted = entry.samples.toSorted((a, b) => a - b);
    const at = (index: number) => sorted.at(index) as number;
    return { ...entry, median: at(sorted.length >> 1), min: at(0), max: at(-1) };
  });
}

/** A launch that failed, and not by an answer that was wrong. */
class Failed extends Error {}

async function persist(suite: string, trial: Trial, pace: Pace, cores: Cores): Promise<Figures> {
  for (let tries = 1; ; tries++) {
    try {
      return await launch(suite, trial, pace, cores);
    } catch (error) {
      if (!(error instanceof Failed) || tries === TRIES) throw error;
      process.stderr.write(`launched again, as it failed: ${error.message.split('\n')[0]}\n`);
    }
  }
}

/** Starts a server and its client, and ends both when the client is done. */
async function launch(suite: string, trial: Trial, pace: Pace, cores: Cores): Promise<Figures> {
  const { peer, as = peer, server: options, args = {}, env = {}, anyCore = false, node } = trial;
  const pinned = anyCore ? undefined : cores;
  const children: ChildProcess[] = [];
  const start = (order: Order, core: number | undefined) => {
    const child = startChild(order, core, env, node);
    children.unshift(child); // the client is to end first: it would take its server's end for a failure
    return child;
  };
  try {
    const server = options && start({ role: 'server', suite, peer: as, options }, pinned?.server);
    const address = server ? await answerOf(server, 'address') : '';
    const client = start({ role: 'client', suite, peer: as, address, args, pace }, pinned?.client);
    client.on('message', async ({ ask }: Message) => {
      if (!ask || !server) return;
      server.send({ ask });
      client.send({ usage: await answerOf(server, 'usage') });
    });
    return await Promise.race([answerOf(client, 'figures'), ...(server ? [endOf(server)] : [])]);
  } finally {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
}

function startChild(
  order: Order,
  core: number | undefined,
  env: NodeJS.ProcessEnv,
  node: string | undefined,
): ChildProcess {
  const here = (path: string) => new URL(path, import.meta.url).href;
  const flags = [
    '--single-threaded-gc',
    '--expose-gc',
    ...(node ? ['--import', 'tsx', '--import', here('older-node.mjs')] : []),
    '--import',
    here('../packages/telemetry/src/register.ts'),
  ];
  const { execPath = node, execArgv } =
    core === undefined
      ? { execArgv: flags }
      : { execPath: 'taskset', execArgv: ['-c', String(core), node ?? process.execPath, ...flags] };
  return fork(fileURLToPath(here('child.ts')), [JSON.stringify(order)], {
    ...(execPath && { execPath }),
    execArgv,
    cwd: fileURLToPath(here('.')), // where tsx is
    env: { ...process.env, NODE_ENV: 'production', LOG_LEVEL: 'warn', ...env },
  });
}

/** What the next message of that kind brings. Rejects when the process fails or ends first. */
async function answerOf<Kind extends keyof Message>(
  child: ChildProcess,
  kind: Kind,
): Promise<NonNullable<Message[Kind]>> {
  const { promise, resolve } = Promise.withResolvers<NonNullable<Message[Kind]>>();
  const listen = (message: Message) => {
    const content = message[kind];
    if (content !== undefined) resolve(content);
  };
  child.on('message', listen);
  try {
    return await Promise.race([promise, endOf(child)]);
  } finally {
    child.off('message', listen);
  }
}

const ends = new WeakMap<ChildProcess, Promise<never>>();

/** Rejects when the process says that it has failed, or ends. */
function endOf(child: ChildProcess): Promise<never> {
  const known = ends.get(child); // asked for with every answer, some hundred times in a soak
  if (known) return known;
  const { promise, reject } = Promise.withResolvers<never>();
  ends.set(child, promise);
  child.on('message', ({ failure }: Message) => {
    if (failure) reject(failure.wrong ? new WrongAnswer(failure.text) : new Failed(failure.text));
  });
  child.once('exit', (code, signal) => reject(new Failed(`a process ended with ${code ?? signal}`)));
  return promise;
}
