import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { command, UsageError } from '@hotpath/cli';
import { restClient, signIn, startPostgres, startShop } from '@hotpath/testing';
import { sendFor } from '../packages/chaos/src/load.ts';
import { startTcpProxy } from '../packages/chaos/src/tcp-proxy.ts';

const help = `Where the time of a page goes, and what one change brought. Views a page of products of a signed-in user, at a steady
rate, of the shop as it is and of one whose inventory asks for the user's segment after its query; launched by turns, on a
PostgreSQL server that is near, and on one that is 4 ms away; every request traced. Then the X-ray of both: the finding, its
prediction and what came of it.

  npm run bench:latency [-- FOLDER]

  FOLDER  keeps the traces
  --help  print this

Settings, as environment variables:
  LAUNCHES 5   of each
  SECONDS 15   of each launch
`;

const LAUNCHES = Number(process.env.LAUNCHES ?? 5);
const SECONDS = Number(process.env.SECONDS ?? 15);
const PER_SECOND = 10;
const AWAY_MS = 4;
const PAGE = '/api/products?pageSize=47&currency=EUR';
const operation = ['--operation', 'GET /api/products'];

const sequential = new URL('latency/sequential.ts', import.meta.url).href;
const variants = { before: { NODE_OPTIONS: `--import ${sequential}` }, after: {} };

await command({ name: 'npm run bench:latency', help, words: true }, async (_options, [kept, ...more]) => {
  if (more.length > 0) throw new UsageError('name one folder');
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'latency-'));
  const postgres = await startPostgres();
  const { host } = new URL(postgres.url);
  const proxy = await startTcpProxy(host);
  const newDatabase = async () => (await postgres.createDatabase()).replace(host, proxy.address);
  try {
    console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${LAUNCHES} launches each`);
    await compare('near', folder, newDatabase);
    for (const way of ['client', 'server'] as const) {
      proxy.add({ type: 'latency', latencyMs: AWAY_MS / 2 }, way);
    }
    await compare('away', folder, newDatabase);
  } finally {
    await proxy.close();
    await postgres.stop();
    if (kept === undefined) rmSync(folder, { recursive: true });
  }
});

/** Launches both by turns, with the database as near as it is, and prints their X-rays. */
async function compare(place: string, folder: string, newDatabase: () => Promise<string>): Promise<void> {
  const of = (name: string) => join(folder, place, name);
  for (let launch = 1; launch <= LAUNCHES; launch++) {
    for (const [name, env] of Object.entries(variants)) {
      mkdirSync(of(name), { recursive: true });
      process.stderr.write(`database ${place}, launch ${launch} of ${LAUNCHES}, ${name}\n`);
      await view(env, join(of(name), `${launch}.jsonl`), await newDatabase());
    }
  }
  for (const name of Object.keys(variants)) {
    console.log(`\ndatabase ${place}, ${name}:\n`);
    xray(of(name), ...operation);
  }
  console.log(`\ndatabase ${place}, what came of it:\n`);
  xray('diff', of('before'), of('after'), ...operation);
}

/** Views pages of a shop, and writes their traces to a file. */
async function view(env: NodeJS.ProcessEnv, file: string, database: string): Promise<void> {
  const out = createWriteStream(file);
  let exporting = true;
  const collector = createServer(async (request, response) => {
    const body = await text(request);
    if (exporting) out.write(`${body}\n`);
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const options = ['--postgres', database, '--otlp', url];
  const traces = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_BSP_SCHEDULE_DELAY: '100' };
  const shop = await startShop({ ...traces, ...env }, ...options);
  try {
    const rest = restClient(shop.gateway);
    const token = await signIn(rest, 'vip');
    const page = async () => String((await rest('GET', PAGE, { token })).status);
    exporting = false; // compiled code and open connections, first
    await sendFor(3_000, PER_SECOND, page);
    await sleep(1_000); // until the last of them is exported
    exporting = true;
    const outcomes = await sendFor(SECONDS * 1000, PER_SECOND, page);
    const failed = outcomes.filter(({ result }) => result !== '200');
    if (failed.length > 0) throw new Error(`${failed.length} pages failed: ${failed[0]?.result}`);
  } finally {
    await shop.stop(); // exports what is left
    collector.close();
    await once(out.end(), 'finish');
  }
}

function xray(...args: string[]): void {
  const program = fileURLToPath(new URL('../packages/xray/src/run.ts', import.meta.url));
  execFileSync(process.execPath, [program, ...args], { stdio: 'inherit' });
}
