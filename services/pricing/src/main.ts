import { PricingService } from '@hotpath/contracts';
import { migrate, openDatabase } from '@hotpath/database';
import { wantsDemoData } from '@hotpath/demo';
import { serve } from '@hotpath/rpc';
import { z } from 'zod';
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
  settings: {
    HOTPATH_DATA: z.string().min(1).default('.hotpath'),
    DEMO_DATA: z.stringbool().optional(),
  },
  async open({ settings, log, onClose }) {
    const demoData = wantsDemoData(settings.DEMO_DATA);
    const db = await openDatabase({ folder: `${settings.HOTPATH_DATA}/pricing` });
    onClose(() => db.close());
    await migrate(db, migrations);
    if (demoData) await seed(db);
    const feed = await openPriceFeed(db, (error) =>
      log.error({ err: error }, 'could not read the change feed'),
    );
    onClose(() => feed.close());
    const alarm = await openSaleAlarm(db, (error) => log.error({ err: error }, 'could not settle sales'));
    onClose(() => alarm.close());
    return [pricingService(db, feed)];
  },
});
