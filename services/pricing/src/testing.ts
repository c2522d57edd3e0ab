import { type Currency, PricingService } from '@hotpath/contracts';
import {
  type Database,
  migrate,
  openDatabase,
  type Param,
  type StatementOptions,
  trim,
} from '@hotpath/database';
import { type Channel, type Client, createClient, openChannel, startServer } from '@hotpath/rpc';
import { afterAll } from 'vitest';
import { migrations } from './migrations.ts';
import { openPriceFeed, type PriceFeed } from './price-feed.ts';
import { openSaleAlarm } from './sale-alarm.ts';
import { pricingService } from './service.ts';

/** One process of the service as it runs in production, with a client of it. */
export interface Replica {
  client: Client<typeof PricingService>;
  feed: PriceFeed;
  /** Another client, on a connection of its own. */
  connect(): Client<typeof PricingService>;
  close(): Promise<void>;
}

/** Pricing on an in-memory database. */
export interface TestPricing extends Replica {
  db: Database;
  /** Statements sent to the database so far, with their parameters. */
  statements: { sql: string; params: readonly unknown[] }[];
  /** Does something once, right after the next statement with that text and before its rows are seen. */
  afterStatement(text: string, work: () => Promise<unknown>): void;
  /** Trims the feed as if all that was written until now were old. */
  trim(): Promise<void>;
  /** Starts one more replica on the same database, which is closed with this one. */
  replica(): Promise<Replica>;
  /** Stores a new product with these prices, in minor units, and returns its id. The feed is told nothing. */
  product(prices: Partial<Record<Currency, bigint>>): Promise<bigint>;
}

/** Opens a database, embedded unless a server's URL is given; it is migrated, and closed when its tests are done. */
export async function openTestDatabase(url?: string): Promise<Database> {
  const db = await openDatabase(url === undefined ? { folder: undefined } : { url, poolMax: 10 });
  afterAll(() => db.close());
  await migrate(db, migrations);
  return db;
}

/** Starts one process of the service on a migrated database. Close it before its database. */
export async function startReplica(db: Database): Promise<Replica> {
  const failed = (error: unknown) => console.error(error);
  const feed = await openPriceFeed(db, failed);
  const alarm = await openSaleAlarm(db, failed);
  const server = await startServer([pricingService(db, feed)]);
  const channels: Channel[] = [];
  const connect = () => {
    const channel = openChannel(server.address);
    channels.push(channel);
    return createClient(PricingService, channel);
  };
  return {
    client: connect(),
    feed,
    connect,
    async close() {
      for (const channel of channels) channel.close();
      await server.close();
      await alarm.close();
      await feed.close();
    },
  };
}

/** Starts pricing with an empty table of prices. */
export async function startPricing(): Promise<TestPricing> {
  const real = await openDatabase({ folder: undefined });
  await migrate(real, migrations);
  const statements: TestPricing['statements'] = [];
  let after: { text: string; work: () => Promise<unknown> } | undefined;
  const db: Database = {
    ...real,
    async query<Row extends object>(sql: string, params: readonly Param[] = [], options?: StatementOptions) {
      statements.push({ sql, params });
      const rows = await real.query<Row>(sql, params, options);
      if (after && sql.includes(after.text)) {
        const { work } = after;
        after = undefined;
        await work();
      }
      return rows;
    },
  };
  let lastId = 0n;

  const replicas: Replica[] = [];
  async function replica(): Promise<Replica> {
    const started = await startReplica(db);
    replicas.push(started);
    return started;
  }

  return {
    ...(await replica()),
    db,
    statements,
    afterStatement(text, work) {
      after = { text, work };
    },
    trim: () => trim(real, { feeds: ['events'], eventsKeptMs: 0, answersKeptMs: 86_400_000 }),
    replica,
    async product(prices) {
      lastId += 1n;
      await real.query(
        'insert into prices (product_id, currency, base_minor) select $1, * from unnest($2::text[], $3::bigint[])',
        [lastId, Object.keys(prices), Object.values(prices)],
      );
      return lastId;
    },
    async close() {
      for (const started of replicas.reverse()) await started.close();
      await real.close();
    },
  };
}

let requests = 0;

/** A request id that no other call uses. */
export function requestId(): string {
  requests += 1;
  return `request-${requests}`;
}

/** The next `count` items of a stream, which stays open. */
export async function take<T>(stream: AsyncIterator<T>, count: number): Promise<T[]> {
  const items: T[] = [];
  while (items.length < count) {
    const { done, value } = await stream.next();
    if (done) throw new Error(`the stream ended after ${items.length} of ${count} items`);
    items.push(value);
  }
  return items;
}

/** The next item of a stream. */
export async function next<T>(stream: AsyncIterator<T>): Promise<T> {
  const [item] = await take(stream, 1);
  return item as T;
}
