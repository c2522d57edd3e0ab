import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { catalogue, nodeOptions, type Workload } from '@hotpath/cdk8s';
import { command } from '@hotpath/cli';
import {
  migrateService,
  type Replica,
  readEvents,
  restClient,
  signIn,
  startPostgres,
  startReplica,
} from '@hotpath/testing';

const help = `What each process of the shop uses when idle, then under more than a pod's share of load: pages of products without
pause, event streams, changes of prices, an import. From this come the requests and limits of cdk8s/src/catalogue.ts.
Needs PostgreSQL.

  npm run bench:resources

  --help  print this
`;

const IDLE_MS = 5_000;
const LOAD_MS = 30_000;
const READERS = 16;
const STREAMS = 250; // one client's limit
const IMPORTED_LINES = 100_000;
const MB = 2 ** 20;

/** What a process tells of itself at /metrics. */
type Sample = { readonly cpuSeconds: number; readonly residentMb: number; readonly heapMb: number };

const adminPort = ({ adminPort }: Workload) => adminPort + 20_000;

async function sampleOf(workload: Workload): Promise<Sample> {
  const text = await (await fetch(`http://127.0.0.1:${adminPort(workload)}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return {
    cpuSeconds: value('process_cpu_seconds_total'),
    residentMb: value('process_resident_memory_bytes') / MB,
    heapMb: value('nodejs_heap_size_total_bytes') / MB,
  };
}

const sampleAll = async () =>
  new Map(await Promise.all(catalogue.map(async (one) => [one.name, await sampleOf(one)] as const)));

/** The most of each process while `work` runs, and its last sample. */
async function peaks(work: () => Promise<number>) {
  const before = await sampleAll();
  const most = new Map(before);
  let working = true;
  const sampling = (async () => {
    while (working) {
      for (const [name, now] of await sampleAll()) {
        const { residentMb = 0, heapMb = 0 } = most.get(name) ?? {};
        most.set(name, {
          cpuSeconds: now.cpuSeconds - (before.get(name)?.cpuSeconds ?? 0),
          residentMb: Math.max(residentMb, now.residentMb),
          heapMb: Math.max(heapMb, now.heapMb),
        });
      }
      await sleep(500);
    }
  })();
  const done = await work();
  working = false;
  await sampling;
  return { most, done };
}

async function load(gateway: string): Promise<number> {
  const rest = restClient(gateway);
  const merchant = await signIn(rest, 'merchant');
  const leave = new AbortController();
  const until = performance.now() + LOAD_MS;
  let requests = 0;
  const follow = async (product: number) => {
    const events = await readEvents(`${gateway}/api/products/${product}/price/stream`, {
      signal: leave.signal,
    });
    for await (const _ of events);
  };
  for (let n = 0; n < STREAMS; n++) void follow((n % 50) + 1).catch(() => {});
  const repeat = async (once: () => Promise<{ readonly status: number }>) => {
    while (performance.now() < until) {
      const { status } = await once();
      if (status >= 300) throw new Error(`the gateway answered ${status}`);
      requests++;
    }
  };
  const page = () => rest('GET', '/api/products?pageSize=48&currency=EUR');
  const price = () =>
    rest('PUT', `/api/products/${(requests % 50) + 1}/price`, {
      token: merchant,
      body: { price: 1 + (requests % 1000), currency: 'INR' },
    });
  const line = (n: number) =>
    JSON.stringify({ productId: String(100_000 + n), currency: 'INR', price: 1 + (n % 1000) });
  const imported = rest('POST', '/api/prices:import', {
    token: merchant,
    headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'resources' },
    body: Array.from({ length: IMPORTED_LINES }, (_, n) => line(n)).join('\n'),
  }).then(({ status }) => {
    if (status !== 200) throw new Error(`the import ended with ${status}`);
  });
  await Promise.all([...Array.from({ length: READERS }, () => repeat(page)), repeat(price), imported]);
  leave.abort();
  return requests;
}

await command({ name: 'npm run bench:resources', help }, async () => {
  const say = (step: string) => process.stderr.write(`${step}\n`);
  say('starting');
  const server = await startPostgres();
  const running: Replica[] = [];
  try {
    const addresses: Record<string, string> = {};
    // Each after those that it calls.
    for (const workload of [...catalogue].sort((a, b) => b.port.number - a.port.number)) {
      const { name, database } = workload;
      const url = database ? await server.createDatabase() : '';
      if (name !== 'gateway') await migrateService(name, url);
      const replica = await startReplica(name, {
        NODE_OPTIONS: nodeOptions(workload),
        DATABASE_URL: url,
        [`${name.toUpperCase()}_ADMIN_PORT`]: String(adminPort(workload)),
        RATE_LIMIT_PER_MINUTE: '1000000',
        ...addresses,
      });
      running.unshift(replica);
      addresses[`${name.toUpperCase()}_ADDRESS`] = replica.address;
    }
    say(`idle, for ${IDLE_MS / 1000} s`);
    const idle = await peaks(() => sleep(IDLE_MS, 0));
    say(`under load, for ${LOAD_MS / 1000} s`);
    const busy = await peaks(() => load(`http://${running[0]?.address}`));
    const perSecond = busy.done / (LOAD_MS / 1000);
    console.log(
      `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${new Date().toISOString().slice(0, 10)}`,
    );
    console.log(
      `${perSecond.toFixed(0)} requests/s, ${STREAMS} event streams, an import of ${IMPORTED_LINES} lines`,
    );
    console.table(
      Object.fromEntries(
        catalogue.map(({ name, resources }) => {
          const { residentMb = 0, heapMb = 0, cpuSeconds = 0 } = busy.most.get(name) ?? {};
          const row = {
            'idle, MB': idle.most.get(name)?.residentMb,
            'most, MB': residentMb,
            'of it heap, MB': heapMb,
            'limit, MB': resources.memoryMi,
            'CPU at 200/s, millicores': (cpuSeconds / busy.done) * 200 * 1000,
          };
          return [
            name,
            Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Math.round(value ?? 0)])),
          ];
        }),
      ),
    );
  } finally {
    for (const replica of running) await replica.close();
    await server.stop();
  }
});
