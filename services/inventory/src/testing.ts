import { EventEmitter, on } from 'node:events';
import {
  type Currency,
  fromMinor,
  InventoryService,
  type PriceRequest,
  type PriceUpdate,
  PricingService,
  UserService,
} from '@hotpath/contracts';
import { type Database, migrate, openDatabase } from '@hotpath/database';
import {
  Code,
  createClient,
  implementPart,
  notFound,
  openChannel,
  type RpcError,
  startServer,
} from '@hotpath/rpc';
import { afterAll } from 'vitest';
import { openExpiry } from './expiry.ts';
import { migrations } from './migrations.ts';
import type { Clients } from './prices.ts';
import { inventoryService } from './service.ts';
import { openStockFeed } from './stock-feed.ts';

const failed = (error: unknown) => console.error(error);

/** Opens a database, embedded unless a server's URL is given; it is migrated, and closed when its tests are done. */
export async function openTestDatabase(url?: string): Promise<Database> {
  const db = await openDatabase(url === undefined ? { folder: undefined } : { url, poolMax: 10 });
  afterAll(() => db.close());
  await migrate(db, migrations);
  return db;
}

/** Stores a product with its stock by warehouse; warehouses that are new are stored too. */
export async function insertProduct(
  db: Database,
  productId: bigint,
  stock: Record<string, number> = {},
  category = 'kitchen',
): Promise<void> {
  const ids = Object.keys(stock);
  await db.query(
    'insert into warehouses (warehouse_id, name) select id, id from unnest($1::text[]) id on conflict do nothing',
    [ids],
  );
  await db.query('insert into products (product_id, name, description, category) values ($1, $2, $3, $4)', [
    productId,
    `Product ${productId}`,
    'A product.',
    category,
  ]);
  await db.query(
    'insert into stock (product_id, warehouse_id, available) select $1, * from unnest($2::text[], $3::int[])',
    [productId, ids, Object.values(stock)],
  );
}

/** A user service that knows users 1 (standard), 2 (vip) and 3 (wholesale). */
async function startUser() {
  const asked: bigint[] = [];
  const service = implementPart(UserService, {
    getSegment: ({ userId }) => {
      asked.push(userId);
      return { segment: ['standard', 'vip', 'wholesale'][Number(userId) - 1] ?? 'standard' };
    },
  });
  return { asked, client: createClient(UserService, await serveInTest(service)) };
}

/** A pricing service with the prices that a test gives it. */
async function startPricing() {
  const state = {
    /** Base prices in minor units, by product and currency as in "7 INR". A vip pays 10 % less. */
    prices: new Map<string, bigint>(),
    /** The batches it was asked for. */
    batches: [] as PriceRequest[][],
    /** The watches that were opened. */
    watches: [] as PriceRequest[],
    /** Set: every call fails by it. */
    failure: undefined as RpcError | undefined,
    /** Set: a watch sends nothing before this resolves. */
    hold: undefined as Promise<void> | undefined,
    /** Sends an update to all watches; an error breaks them. */
    send: (item: Partial<PriceUpdate> | RpcError) => bus.emit('item', item),
    /** How many watches are open. */
    open: () => bus.listenerCount('item'),
    /** Tells of each watch that opens and closes. */
    bus: new EventEmitter(),
  };
  const { bus } = state;
  const priceOf = ({ productId, currency, customerSegment }: PriceRequest) => {
    if (state.failure) throw state.failure;
    const minor = state.prices.get(`${productId} ${currency}`);
    if (minor === undefined) throw notFound(`product ${productId} has no price in ${currency}`);
    const basePrice = fromMinor(minor, currency as Currency);
    const toPay = customerSegment === 'vip' ? (minor * 9n) / 10n : minor;
    return { productId, currency, basePrice, discountedPrice: fromMinor(toPay, currency as Currency) };
  };
  const service = implementPart(PricingService, {
    getPrice: (request) => ({ ...priceOf(request), isOnSale: false, saleEndsAt: 0n }),
    getPricesBatch: ({ requests }) => {
      state.batches.push(requests);
      if (state.failure) throw state.failure;
      const has = ({ productId, currency }: PriceRequest) => state.prices.has(`${productId} ${currency}`);
      return {
        prices: requests.filter(has).map((one) => ({ ...priceOf(one), isOnSale: false, saleEndsAt: 0n })),
        errors: requests.flatMap((one, index) =>
          has(one) ? [] : [{ index, productId: one.productId, code: Code.NOT_FOUND, message: 'no price' }],
        ),
        position: 0n,
        holdsForMs: 0,
      };
    },
    async *watchPrice(request, call) {
      state.watches.push(request);
      const { basePrice, discountedPrice: newPrice, ...price } = priceOf(request);
      const update: PriceUpdate = {
        ...price,
        basePrice,
        newPrice,
        isOnSale: false,
        saleEndsAt: 0n,
        traceparent: '',
        reason: 'snapshot',
        sequence: 100n,
      };
      const items = on(bus, 'item', { signal: call.signal });
      bus.emit('watch');
      try {
        await state.hold;
        if (request.resumeAfter === 0n) yield update;
        for await (const [item] of items) {
          if (item instanceof Error) throw item;
          yield { ...update, ...item };
        }
      } finally {
        bus.emit('leave');
      }
    },
  });
  return { state, client: createClient(PricingService, await serveInTest(service)) };
}

async function serveInTest(service: Parameters<typeof startServer>[0][number]) {
  const server = await startServer([service]);
  const channel = openChannel(server.address);
  afterAll(async () => {
    channel.close();
    await server.close();
  });
  return channel;
}

/** Inventory over a real server, with neighbours that have fixed data. It all ends when the test file is done. */
export async function startInventory(db: Database, { reservationTtlSeconds = 900 } = {}) {
  const user = await startUser();
  const pricing = await startPricing();
  const clients: Clients = { user: user.client, pricing: pricing.client };
  const feed = await openStockFeed(db, failed);
  const expiry = await openExpiry(db, failed);
  afterAll(async () => {
    await feed.close();
    await expiry.close();
  });
  const channel = await serveInTest(inventoryService({ db, feed, clients, reservationTtlSeconds }));
  return { client: createClient(InventoryService, channel), user, pricing: pricing.state, feed };
}
