import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { sumOf } from '@hotpath/telemetry';
import { anyPorts, restClient, signIn } from '@hotpath/testing';
import { launchShop } from '../../scripts/shop.ts';
import { WrongAnswer } from '../check.ts';
import { type Call, closedLoop, openLoop, quantile, warmUp } from '../load.ts';
import { WARM_UPS } from './pair.ts';
import type { Figures, Suite } from './suite.ts';

const PAGE = 48;
/** Pages under way when the peak is looked for. */
const IN_FLIGHT = 16;
/** A 99th percentile at half of the peak needs thousands of pages. */
const LONGER = 4;

/** What the server's process tells of the shop that it has started. */
type Shop = { readonly gateway: string; readonly admin: Readonly<Record<string, string>> };

/** A page of products as a browser asks for it, through all processes of the shop. */
export const chain: Suite = {
  about: `A REST page of ${PAGE} products through gateway, inventory, user and pricing, on PGlite: its peak, latencies at half of it, whose CPU.`,
  warmUps: WARM_UPS,
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'hotpath-bench-'));
    return {
      trials: [
        {
          case: 'a page through the shop',
          peer: 'hotpath',
          server: { delayMs: 0 },
          // As `npm start` runs it: production insists on certificates or a mesh.
          env: {
            ...anyPorts,
            HOTPATH_DATA: folder,
            NODE_ENV: 'development',
            RATE_LIMIT_PER_MINUTE: '10000000',
          },
        },
      ],
      // What was launched last may still be draining.
      close: () => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 }),
    };
  },
  async serve() {
    // Its processes end by themselves when this one, their parent, is gone.
    const { endpoints } = await launchShop({
      envOf: () => ({ ...process.env, HOTPATH_DATA: join(process.env.HOTPATH_DATA ?? '', `${process.pid}`) }),
      onLine: (name, line) => process.stderr.write(`${name}: ${line}\n`),
    });
    const admin = Object.entries(endpoints).map(([name, endpoint]) => [name, endpoint.admin]);
    return JSON.stringify({
      gateway: `http://${endpoints.gateway.address}`,
      admin: Object.fromEntries(admin),
    });
  },
  async job({ address, pace }): Promise<Figures> {
    const { gateway, admin }: Shop = JSON.parse(address);
    const authorization = `Bearer ${await signIn(restClient(gateway), 'vip')}`;
    const page = pageOf(gateway, authorization);
    await warmUp(page, IN_FLIGHT, 2 * pace.warmUpMs);
    const { latenciesMs, elapsedMs } = await closedLoop(page, {
      inFlight: IN_FLIGHT,
      ms: 2 * pace.measuredMs,
    });
    const peak = (latenciesMs.length * 1000) / elapsedMs;
    const before = await cpuOf(admin);
    const half = await openLoop(page, { perSecond: peak / 2, ms: LONGER * pace.measuredMs });
    const after = await cpuOf(admin);
    if (half.failed > 0) throw new Error(`${half.failed} pages failed at half of the peak`);
    const pages = half.latenciesMs.length;
    const used = Object.entries(after).map(
      ([name, us]) => [name, (us - (before[name] ?? 0)) / pages] as const,
    );
    const all = used.reduce((sum, [, us]) => sum + us, 0);
    const [p50, p99] = [quantile(half.latenciesMs, 0.5), quantile(half.latenciesMs, 0.99)];
    return {
      peak: { unit: 'pages/s', value: peak },
      p50: { unit: 'ms', value: p50 },
      p99: { unit: 'ms', value: p99 },
      'p99 over p50': { unit: 'times', value: p99 / p50 },
      "gateway's share of CPU": {
        unit: '%',
        value: (100 * (used.find(([name]) => name === 'gateway')?.[1] ?? 0)) / all,
      },
      ...Object.fromEntries(used.map(([name, us]) => [`CPU of ${name}`, { unit: 'us/page', value: us }])),
    };
  },
};

/** Asks for the first page again and again; each product must have a price. */
function pageOf(gateway: string, authorization: string): Call {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return async () => {
    const { promise, resolve, reject } = Promise.withResolvers<{ status?: number; body: unknown }>();
    request(`${gateway}/api/products?pageSize=${PAGE}`, { agent, headers: { authorization } })
      .on('response', (response) => {
        json(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
      })
      .on('error', reject)
      .end();
    const { status, body } = await promise;
    if (status !== 200) throw new Error(`the gateway answered ${status}: ${JSON.stringify(body)}`);
    const { items } = body as { readonly items: readonly { readonly price?: number }[] };
    if (items.length === PAGE && items.every(({ price }) => price !== undefined && price > 0)) return;
    throw new WrongAnswer(`a page of ${PAGE} products with prices is ${JSON.stringify(body)}`);
  };
}

/** What each process has used so far, microseconds, by its own word at /metrics. */
async function cpuOf(admin: Shop['admin']): Promise<Record<string, number>> {
  const asked = Object.entries(admin).map(async ([name, address]) => {
    const text = await (await fetch(`http://${address}/metrics`)).text();
    const seconds = sumOf(text, 'process_cpu_seconds_total');
    if (seconds === undefined) throw new Error(`${name} does not tell what it has used`);
    return [name, seconds * 1e6] as const;
  });
  return Object.fromEntries(await Promise.all(asked));
}
