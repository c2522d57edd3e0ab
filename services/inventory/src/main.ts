import {
  callGraph,
  InventoryService,
  PricingService,
  processes,
  protos,
  UserService,
} from '@hotpath/contracts';
import { cachePrices, coalescePrices, openServiceDatabase, serve, trimDatabase } from '@hotpath/rpc';
import { trackFeed } from '@hotpath/telemetry';
import { z } from 'zod';
import { openExpiry } from './expiry.ts';
import { migrations } from './migrations.ts';
import { seed } from './seed.ts';
import { inventoryService } from './service.ts';
import { openStockFeed } from './stock-feed.ts';

await serve({
  name: 'inventory',
  port: 50_051,
  adminPort: 9051,
  services: [InventoryService],
  callGraph,
  retries: processes.inventory.retries,
  protos,
  settings: {
    USER_ADDRESS: z.string().min(1).default('127.0.0.1:50053'),
    PRICING_ADDRESS: z.string().min(1).default('127.0.0.1:50052'),
    RESERVATION_TTL_SECONDS: z.coerce.number().int().min(1).max(86_400).default(900),
  },
  async open(context) {
    const { settings, log, onClose, connect } = context;
    const db = await openServiceDatabase(context, { migrations, seed });
    trimDatabase(context, db, ['stock_events']);

    const feed = await openStockFeed(db, (err) => log.error({ err }, 'could not read the change feed'));
    onClose(() => feed.close());
    trackFeed('stock_events', feed.lag);
    const expiry = await openExpiry(db, (err) => log.error({ err }, 'could not expire reservations'));
    onClose(() => expiry.close());

    const clients = {
      user: connect(UserService, settings.USER_ADDRESS),
      pricing: cachePrices(context, coalescePrices(connect(PricingService, settings.PRICING_ADDRESS))),
    };
    const reservationTtlSeconds = settings.RESERVATION_TTL_SECONDS;
    return [inventoryService({ db, feed, clients, reservationTtlSeconds })];
  },
});
