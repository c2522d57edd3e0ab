/**
 * The kit beside bare grpc-js with the same codec: node bench/kit.ts. Server and client are processes of their own,
 * launched anew for every sample, in turn with the others, because where V8's collector and compiler land
 * differs by launch; figures are medians of the launches. CPU time is told too: it minds other load less. Exits 1 where
 * a claim does not hold by either.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { workloads } from './kit/client.ts';
import { servers } from './kit/server.ts';

const LAUNCHES = Number(process.env.LAUNCHES ?? 5);
const IN_FLIGHT = 64;
const WARM_UP_MS = 1500;
const MEASURED_MS = 2500;

/** What one launch gives: prices per second, and microseconds of CPU per price on either side. */
type Figures = { readonly perSecond: number; readonly clientUs: number; readonly serverUs: number };

/** How many times as fast one workload must be as another. */
const claims = [
  { what: 'unary, kit / bare', one: 'unary kit', other: 'unary bare', least: 0.85 },
  { what: 'batch, kit / bare', one: 'batch kit', other: 'batch bare', least: 0.85 },
  { what: 'unary, bare with metrics / bare', one: 'unary measured', other: 'unary bare', least: 0.95 },
  { what: 'coalesced / unary', one: 'coalesced kit', other: 'unary kit', least: 6 },
];

const [role, name = '', address = ''] = process.argv.slice(2);
if (role === 'server') {
  process.send?.(await servers[name]?.());
  process.on('message', () => process.send?.(cpuUs()));
  process.on('disconnect', () => process.exit());
} else if (role === 'client') {
  process.on('disconnect', () => process.exit());
  await drive(name, address);
} else {
  await compare();
}

/** Runs a workload in closed loop: tells the parent when it is warm, and at the end what was done. */
async function drive(workload: string, address: string): Promise<void> {
  const make = workloads[workload];
  if (!make) throw new Error(`no workload ${workload}`);
  const { call, prices } = make(address);
  // The first calls wait for code to be compiled and a connection to be made, perhaps beyond their budget.
  const passes = () =>
    call(0).then(
      () => true,
      () => false,
    );
  for (let tries = 1; !(await passes()); tries++) if (tries === 100) await call(0);
  let done = 0;
  for (let loop = 0; loop < IN_FLIGHT; loop++) void keepCalling(loop);
  async function keepCalling(from: number) {
    for (let number = from; ; number += IN_FLIGHT) {
      await call(number);
      done++;
    }
  }
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  await sleep(WARM_UP_MS);
  process.send?.('warm');
  const before = { done, cpuUs: cpuUs(), at: performance.now() };
  await sleep(MEASURED_MS);
  const brought = (done - before.done) * prices;
  const ms = performance.now() - before.at;
  process.send?.({ brought, ms, cpuUs: cpuUs() - before.cpuUs });
}

async function launch(workload: string): Promise<Figures> {
  const server = run('server', workload.split(' ')[1] as string);
  const serverCpuUs = () => {
    server.send('cpu?');
    return answer<number>(server);
  };
  const client = run('client', workload, await answer(server));
  await answer(client);
  const before = await serverCpuUs();
  const { brought, ms, cpuUs } = await answer<{ brought: number; ms: number; cpuUs: number }>(client);
  const serverUs = ((await serverCpuUs()) - before) / brought;
  // The client first: it takes its server's end for a failure.
  for (const child of [client, server]) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  return { perSecond: (brought * 1000) / ms, clientUs: cpuUs / brought, serverUs };
}

async function compare(): Promise<void> {
  const samples = new Map<string, Figures[]>(Object.keys(workloads).map((workload) => [workload, []]));
  for (let number = 0; number < LAUNCHES; number++) {
    for (const [workload, list] of samples) list.push(await launch(workload));
    process.stderr.write(`launch ${number + 1} of ${LAUNCHES}\n`);
  }
  console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${LAUNCHES} launches`);
  console.log(`${IN_FLIGHT} calls in flight; medians (min-max); us of CPU per price\n`);
  const sorted = (workload: string, figure: keyof Figures) =>
    (samples.get(workload) ?? []).map((figures) => figures[figure]).sort((a, b) => a - b);
  const median = (workload: string, figure: keyof Figures) =>
    sorted(workload, figure)[LAUNCHES >> 1] as number;
  for (const workload of samples.keys()) {
    const list = sorted(workload, 'perSecond');
    const range = `(${Math.round(list[0] as number)}-${Math.round(list.at(-1) as number)})`;
    const perSecond = String(Math.round(median(workload, 'perSecond'))).padStart(8);
    const [client, server] = [median(workload, 'clientUs'), median(workload, 'serverUs')].map((us) =>
      us.toFixed(1),
    );
    console.log(
      `${workload.padEnd(16)} ${perSecond} prices/s ${range.padEnd(18)} client ${client} us, server ${server} us`,
    );
  }
  console.log();
  for (const { what, one, other, least } of claims) {
    const speed = median(one, 'perSecond') / median(other, 'perSecond');
    const cpu = (workload: string) => median(workload, 'clientUs') + median(workload, 'serverUs');
    const byCpu = cpu(other) / cpu(one);
    console.log(`${what}: ${speed.toFixed(2)}, by CPU time ${byCpu.toFixed(2)}; must be at least ${least}`);
    // Other load can spoil either figure by itself.
    if (Math.max(speed, byCpu) < least) process.exitCode = 1;
  }
}

function run(...args: string[]): ChildProcess {
  const env = { ...process.env, LOG_LEVEL: 'warn' };
  return fork(fileURLToPath(import.meta.url), args, { execArgv: ['--single-threaded-gc'], env });
}

/** The next message of a process; rejects when it ends without. */
function answer<T = unknown>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) =>
      reject(new Error(`${child.spawnargs.join(' ')} exited with ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as T);
    });
  });
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
