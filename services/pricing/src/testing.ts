import { type Currency, PricingService } from '@hotpath/contracts';
import { type Database, migrate, openDatabase, type Param, type StatementOptions } from '@hotpath/database';
import { type Client, createClient, openChannel, startServer } from '@hotpath/rpc';
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
}

/** Pricing on an in-memory database. */
export interface TestPricing extends Replica {
  db: Database;
  /** Statements sent to the database so far, with their parameters. */
  statements: { sql: string; params: readonly unknown[] }[];
  /** Does something once, right after the next statement with that text and before its rows are seen. */
  afterStatement(text: string, work: () => Promise<unknown>): void;
  /** Starts one more replica on the same database. */
  replica(): Promise<Replica>;
  /** Stores a new product with these prices, in minor units, and returns its id. The feed is told nothing. */
  product(prices: Partial<Record<Currency, bigint>>): Promise<bigint>;
  close(): Promise<void>;
}

/** Starts pricing with an empty table of prices. */
export async function startPricing(): Promise<TestPricing> {
  const closers: (() => Promise<void> | void)[] = [];
  const real = await openDatabase({ folder: undefined });
  closers.push(() => real.close());
  await migrate(real, migrations);
  const statements: TestPricing['statements'] = [];
  let after: { text: string; work: () => Promise<unknown> } | undefined;
  const db: Database = {
    ...real,
    async query<Row extends object>(sql: string, params: readonly Param[] = [], options?: StatementOptions) {
      statements.push({ sql, params });
      const rows = await real.query<Row>(sql, params, options);
      const isIt = after && sql.includes(after.text);
      if (isIt) {
        const { work } = after as NonNullable<typeof after>;
        after = undefined;
        await work();
      }
      return rows;
    },
  };
  let lastId = 0n;

  async function replica(): Promise<Replica> {
    const failed = (error: unknown) => console.error(error);
    const feed = await openPriceFeed(db, failed);
    const alarm = await openSaleAlarm(db, failed);
    const server = await startServer([pricingService(db, feed)]);
    const connect = () => {
      const channel = openChannel(server.address);
      closers.push(() => channel.close());
      return createClient(PricingService, channel);
    };
    closers.push(
      () => feed.close(),
      () => alarm.close(),
      () => server.close(),
    );
    return { client: connect(), feed, connect };
  }

  return {
    ...(await replica()),
    db,
    statements,
    afterStatement(text, work) {
      after = { text, work };
    },
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
      for (const close of closers.reverse()) await close();
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
