import * as grpc from '@grpc/grpc-js';
import { fromMinor, type ServiceDefinition } from '@hotpath/contracts';
import { type Database, migrate, openDatabase } from '@hotpath/database';
import { createLogger } from '@hotpath/telemetry';
import { createServer } from '../../packages/rpc/src/server.ts';
import { migrations } from '../../services/pricing/src/migrations.ts';
import { openPriceFeed } from '../../services/pricing/src/price-feed.ts';
import { pricingService } from '../../services/pricing/src/service.ts';
import { listen, pricingConstructor } from './proto-loader.ts';

/** The product that all watch. */
export const WATCHED = 1;

/** Servers of WatchPrice and SetPrice, by name. Each returns `host:port`. */
export const watchServers: Readonly<Record<string, () => Promise<string>>> = {
  'grpc-js + proto-loader': protoLoader,
  hotpath,
};

type Update = Readonly<Record<string, unknown>>;
type Watcher = grpc.ServerWritableStream<{ product_id: string }, Update>;
type Set = { readonly product_id: string; readonly price: { minor_units: string; currency: 'INR' } };

/** As the article would push: each stream is written the update itself, from memory. */
function protoLoader(): Promise<string> {
  const watchers = new Set<Watcher>();
  let sequence = 1;
  let basePrice = 1;
  const update = (reason: string): Update => ({
    product_id: WATCHED,
    new_price: basePrice,
    reason,
    sequence,
    currency: 'INR',
    base_price: basePrice,
    is_on_sale: false,
    sale_ends_at: 0,
  });
  const server = new grpc.Server();
  server.addService(pricingConstructor().service, {
    WatchPrice(call: Watcher) {
      watchers.add(call);
      call.on('cancelled', () => watchers.delete(call));
      call.write(update('snapshot'));
    },
    SetPrice(call: grpc.ServerUnaryCall<Set, unknown>, callback: grpc.sendUnaryData<unknown>) {
      const { product_id, price } = call.request;
      basePrice = fromMinor(BigInt(price.minor_units), price.currency);
      sequence++;
      for (const watcher of watchers) watcher.write(update('price_changed'));
      callback(null, { product_id, price, sequence });
    },
  });
  return listen(server);
}

/** The pricing service itself, on an embedded database: a change is committed, notified, read and pushed. `streamAge` as below. */
export async function hotpath(streamAge?: string): Promise<string> {
  const db = await openDatabase({ folder: undefined });
  await migrate(db, migrations);
  await db.query("insert into prices (product_id, currency, base_minor) values ($1, 'INR', 100)", [WATCHED]);
  return servePricing(db, streamAge);
}

/** The pricing service on a migrated database. @param streamAge how long a stream lives, instead of as its service config says. @returns `host:port` */
export async function servePricing(db: Database, streamAge?: string): Promise<string> {
  const log = createLogger({ name: 'bench', level: 'warn' });
  const feed = await openPriceFeed(db, (err) => log.error({ err }, 'could not read the change feed'));
  const service = pricingService(db, feed);
  const server = createServer({
    // Else connections end at five minutes, and these watchers do not come again as the kit's do.
    ...(streamAge && { connectionAgeMs: 3_600_000 }),
    services: [streamAge ? withAge(service.service, streamAge) : service.service],
    onInternal: (id, { path }, thrown) => log.error({ id, path, err: thrown }, 'internal error'),
  });
  const port = await server.listen('127.0.0.1:0');
  server.open([service]);
  return `127.0.0.1:${port}`;
}

/** A service whose streams live for that long. */
function withAge(service: ServiceDefinition, age: string): ServiceDefinition {
  const { methodConfig } = service.serviceConfig as { methodConfig: readonly { stream?: object }[] };
  return {
    ...service,
    serviceConfig: {
      ...service.serviceConfig,
      methodConfig: methodConfig.map((config) =>
        config.stream ? { ...config, stream: { ...config.stream, age } } : config,
      ),
    },
  };
}
