import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { fromMinor, PricingService } from '@hotpath/contracts';
import { type Database, migrate, openDatabase } from '@hotpath/database';
import { type Client, createClient, openChannel } from '@hotpath/rpc';
import { type PostgresServer, startPostgres } from '@hotpath/testing';
import { migrations } from '../../services/pricing/src/migrations.ts';
import { WrongAnswer } from '../check.ts';
import { BATCH } from '../data.ts';
import { type Call, closedLoop, quantile, warmUp } from '../load.ts';
import type { ServeOptions } from '../peers/peer.ts';
import { servePricing } from '../peers/watch.ts';
import type { Figures, Job, Suite, Trial } from './suite.ts';

const products = [10_000, 100_000, 1_000_000] as const;
const batches = [1, 10, 50, 100, 200, 500] as const;
const processes = [1, 2, 3, 4] as const;
const writers = [1, 8, 32] as const;
/** Connections to PostgreSQL of each process, as a pod has. */
const POOL = 10;
/** Calls at any time, for each process. */
const IN_FLIGHT = 32;

const embedded = 'pricing on PGlite';
const server = 'pricing on PostgreSQL';

/** How the pricing service takes more of everything. */
export const growth: Suite = {
  about: 'The pricing service with more products, larger batches, more processes and more writers.',
  samples: 3,
  async open({ quick }) {
    const postgres = await startPostgres({ fsync: 'on' }); // or commits would cost nothing
    const urls = new Map<number, string>();
    for (const count of quick ? products.slice(0, 1) : products) {
      urls.set(count, await filled(postgres, count));
    }
    const written = await filled(postgres, 10_000);
    const on = (peer: string, count: number): Pick<Trial, 'peer' | 'env'> => ({
      peer,
      env: { DATABASE_URL: peer === server ? urls.get(count) : '' },
    });
    const trials: Trial[] = [
      ...[...urls.keys()].flatMap((count) =>
        [embedded, server].map((peer) => ({
          case: `${count} products`,
          ...on(peer, count),
          server: { delayMs: 0, products: count },
          args: { products: count, batch: BATCH },
        })),
      ),
      ...batches.map((batch) => ({
        case: `${batch} in a batch`,
        ...on(server, 10_000),
        server: { delayMs: 0, products: 10_000 },
        args: { products: 10_000, batch },
      })),
      ...processes.map((count) => ({
        case: `${count} processes`,
        ...on(server, 10_000),
        server: { delayMs: 0, products: 10_000, processes: count },
        args: { products: 10_000, batch: BATCH, processes: count },
        anyCore: true,
      })),
      ...writers.map((count) => ({
        case: `${count} writers`,
        peer: server,
        env: { DATABASE_URL: written },
        server: { delayMs: 0, products: 10_000 },
        args: { products: 10_000, writers: count },
      })),
    ];
    return { trials, close: () => postgres.stop() };
  },
  async serve(_peer, options) {
    const more = Array.from({ length: (options.processes ?? 1) - 1 }, () => another(options));
    return (await Promise.all([serve(options), ...more])).join(',');
  },
  async job(job): Promise<Figures> {
    const { address, args } = job;
    const { serviceConfig } = PricingService;
    const several = address.includes(',');
    const channel = openChannel(several ? `ipv4:${address}` : address, { serviceConfig });
    const client = createClient(PricingService, channel);
    return 'writers' in args ? write(job, client) : read(job, client);
  },
};

type Pricing = Client<typeof PricingService>;

/** Reads batches, spread over all products, so that no page of the database is asked for more often than others. */
async function read({ args, pace, serverUsage }: Job, { getPricesBatch }: Pricing): Promise<Figures> {
  const [count, batch, servers] = [args.products, args.batch, args.processes ?? 1].map(Number) as [
    number,
    number,
    number,
  ];
  const idOf = (number: number) => 1 + ((number * 7_919) % count);
  const call: Call = async (number) => {
    const ids = Array.from({ length: batch }, (_, index) => idOf(number * batch + index));
    const requests = ids.map((id) => ({ productId: BigInt(id), currency: 'INR' }));
    const { prices } = await getPricesBatch({ requests });
    for (const [index, id] of ids.entries()) {
      const price = prices[index];
      if (price?.productId === BigInt(id) && price.basePrice === priceOf(id)) continue;
      throw new WrongAnswer(`the price of product ${id} is ${priceOf(id)}, not ${price?.basePrice}`);
    }
  };
  await warmUp(call, 1, pace.warmUpMs);
  const alone = await closedLoop(call, { inFlight: 1, ms: pace.measuredMs });
  const inFlight = IN_FLIGHT * servers;
  await warmUp(call, inFlight, pace.warmUpMs);
  const before = await serverUsage();
  const { latenciesMs, elapsedMs } = await closedLoop(call, { inFlight, ms: pace.measuredMs });
  const after = await serverUsage();
  const prices = latenciesMs.length * batch;
  const cpu = { unit: 'us/price', value: (after.cpuUs - before.cpuUs) / prices };
  return {
    p50: { unit: 'ms', value: quantile(alone.latenciesMs, 0.5) },
    prices: { unit: 'prices/s', value: (prices * 1000) / elapsedMs },
    // Of several processes only the first tells what it used.
    ...(servers === 1 && { 'server CPU': cpu }),
  };
}

/** Changes prices, each write another product's. The feed gives every change a number of its own, larger than those before. */
async function write({ args, pace, serverUsage }: Job, { setPrice }: Pricing): Promise<Figures> {
  const run = randomUUID();
  const numbers = new Set<bigint>();
  // From one launch to the next, another: to set the price that a product has is no change.
  let sent = Math.floor(Date.now() / 10) % 100_000_000;
  const call: Call = async () => {
    const number = ++sent;
    const productId = BigInt(1 + (number % Number(args.products)));
    const price = { minorUnits: BigInt(1_000_000 + number), currency: 'INR' };
    const { sequence } = await setPrice({ requestId: `${run} ${number}`, productId, price });
    if (numbers.has(sequence)) throw new WrongAnswer(`two changes have the number ${sequence}`);
    numbers.add(sequence);
  };
  const inFlight = Number(args.writers);
  await warmUp(call, inFlight, pace.warmUpMs);
  const before = await serverUsage();
  const { latenciesMs, elapsedMs } = await closedLoop(call, { inFlight, ms: pace.measuredMs });
  const after = await serverUsage();
  return {
    p50: { unit: 'ms', value: quantile(latenciesMs, 0.5) },
    changes: { unit: 'changes/s', value: (latenciesMs.length * 1000) / elapsedMs },
    'server CPU': { unit: 'us/change', value: (after.cpuUs - before.cpuUs) / latenciesMs.length },
  };
}

const priceOf = (id: number) => fromMinor(BigInt(100 + (id % 100_000)), 'INR');

/** Migrates a database and fills it with prices, those of `priceOf`. */
async function fill(db: Database, count: number): Promise<void> {
  await migrate(db, migrations);
  // In parts, since a statement of this kit has a time limit.
  for (let from = 1; from <= count; from += 50_000) {
    await db.query(
      `insert into prices (product_id, currency, base_minor)
       select id, 'INR', 100 + id % 100000 from generate_series($1::bigint, $2::bigint) id`,
      [from, Math.min(count, from + 49_999)],
    );
  }
  await db.query('analyze prices');
}

/** A database with so many prices. @returns its URL */
async function filled(postgres: PostgresServer, count: number): Promise<string> {
  const url = await postgres.createDatabase();
  const db = await openDatabase({ url, poolMax: POOL });
  await fill(db, count);
  await db.close();
  return url;
}

/** The pricing service on the database of DATABASE_URL, or on an embedded one that it fills. */
async function serve({ products: count = 0 }: ServeOptions): Promise<string> {
  const url = process.env.DATABASE_URL;
  const db = await openDatabase(url ? { url, poolMax: POOL } : { folder: undefined });
  if (!url) await fill(db, count);
  return servePricing(db);
}

/** One more process of the service, which ends with this one. @returns its address */
async function another(options: ServeOptions): Promise<string> {
  const order = { role: 'server', suite: 'growth', peer: server, options: { ...options, processes: 1 } };
  const child = fork(fileURLToPath(new URL('../child.ts', import.meta.url)), [JSON.stringify(order)]);
  const [message] = await once(child, 'message');
  if (!message.address) throw new Error(`a process of the service did not start: ${message.failure?.text}`);
  return message.address;
}
