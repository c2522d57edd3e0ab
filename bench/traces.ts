/**
 * What traces cost: node bench/traces.ts. Unary calls of the kit with traces off, and with none, a tenth and all of them
 * sampled, beside bare grpc-js; a collector takes what is exported and throws it away. Launched and measured as by
 * bench/kit.ts, whose processes these are; CPU time is the figure to look at, since it minds other load less.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const LAUNCHES = Number(process.env.LAUNCHES ?? 5);
const kit = fileURLToPath(new URL('kit.ts', import.meta.url));
const register = new URL('../packages/telemetry/src/register.ts', import.meta.url).href;

const collector = createServer((request, response) => {
  request.resume().on('end', () => response.end());
}).listen(0, '127.0.0.1');
await once(collector, 'listening');
const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;

const sampling = (ratio: number) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
  OTEL_TRACES_SAMPLER_ARG: String(ratio),
});
const variants: Readonly<Record<string, { readonly server: string; readonly env: NodeJS.ProcessEnv }>> = {
  bare: { server: 'bare', env: {} },
  off: { server: 'kit', env: {} },
  '0 %': { server: 'kit', env: sampling(0) },
  '10 %': { server: 'kit', env: sampling(0.1) },
  '100 %': { server: 'kit', env: sampling(1) },
};

/** Calls per second, and microseconds of CPU per call on either side. */
type Figures = { readonly perSecond: number; readonly clientUs: number; readonly serverUs: number };

async function launch(name: string): Promise<Figures> {
  const { server: kind, env } = variants[name] as (typeof variants)[string];
  const run = (...args: string[]) =>
    fork(kit, args, {
      execArgv: ['--single-threaded-gc', '--import', register],
      env: { ...process.env, LOG_LEVEL: 'warn', ...env },
    });
  const children: ChildProcess[] = [];
  const start = (...args: string[]) => {
    const child = run(...args);
    children.unshift(child); // the client is to end first: it takes its server's end for a failure
    return child;
  };
  try {
    const server = start('server', kind);
    const address = await answer<string>(server);
    const serverCpuUs = () => {
      server.send('cpu?');
      return answer<number>(server);
    };
    const client = start('client', `unary ${kind}`, address);
    await answer(client); // it is warm
    const before = await serverCpuUs();
    const { brought, ms, cpuUs } = await answer<{ brought: number; ms: number; cpuUs: number }>(client);
    const serverUs = ((await serverCpuUs()) - before) / brought;
    return { perSecond: (brought * 1000) / ms, clientUs: cpuUs / brought, serverUs };
  } finally {
    for (const child of children) {
      if (child.exitCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
}

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

/** On a machine with other load a call may miss its deadline, which ends its client: then it is measured again. */
async function persist(name: string): Promise<Figures> {
  for (let tries = 1; ; tries++) {
    try {
      return await launch(name);
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
}

const samples = new Map<string, Figures[]>(Object.keys(variants).map((name) => [name, []]));
for (let number = 0; number < LAUNCHES; number++) {
  for (const [name, list] of samples) list.push(await persist(name));
  process.stderr.write(`launch ${number + 1} of ${LAUNCHES}\n`);
}
collector.close();
collector.closeAllConnections();

const sorted = (name: string, figure: keyof Figures) =>
  (samples.get(name) ?? []).map((figures) => figures[figure]).sort((a, b) => a - b);
console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${LAUNCHES} launches`);
console.log('unary calls; us of CPU per call: median, least, and how the least with traces off compares\n');
for (const name of samples.keys()) {
  const perSecond = sorted(name, 'perSecond')[LAUNCHES >> 1] as number;
  const side = (figure: 'clientUs' | 'serverUs') => {
    const [least = 0, off = 0] = [name, 'off'].map((one) => sorted(one, figure)[0]);
    const median = sorted(name, figure)[LAUNCHES >> 1] as number;
    return `${median.toFixed(1)}, ${least.toFixed(1)} (${(off / least).toFixed(2)})`;
  };
  console.log(
    `${name.padEnd(6)} ${String(Math.round(perSecond)).padStart(7)} calls/s   client ${side('clientUs')}   server ${side('serverUs')}`,
  );
}
