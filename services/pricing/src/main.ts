import { callGraph, PricingService, protos } from '@hotpath/contracts';
import { openServiceDatabase, serve, trimDatabase } from '@hotpath/rpc';
import { trackFeed } from '@hotpath/telemetry';
import { migrations } from './migrations.ts';
import { openPriceFeed } from './price-feed.ts';
import { openSaleAlarm } from './sale-alarm.ts';
import { seed } from './seed.ts';
import { pricingService } from './service.ts';

await serve({
  name: 'pricing',
  port: 50_052,
  adminPort: 9052,
  services: [PricingService],
  callGraph,
  protos,
  settings: {},
  async open(context) {
    const { log, onClose } = context;
    const db = await openServiceDatabase(context, { migrations, seed });
    trimDatabase(context, db, ['events']);
    const feed = await openPriceFeed(db, (error) =>
      log.error({ err: error }, 'could not read the change feed'),
    );
    onClose(() => feed.close());
    trackFeed('events', feed.lag);
    const alarm = await openSaleAlarm(db, (error) => log.error({ err: error }, 'could not settle sales'));
    onClose(() => alarm.close());
    return [pricingService(db, feed)];
  },
});
