import { UserService } from '@hotpath/contracts';
import { migrate, openDatabase } from '@hotpath/database';
import { wantsDemoData } from '@hotpath/demo';
import { serve } from '@hotpath/rpc';
import { z } from 'zod';
import { openSigningKey } from './keys.ts';
import { migrations } from './migrations.ts';
import { seed } from './seed.ts';
import { userService } from './service.ts';

await serve({
  name: 'user',
  port: 50_053,
  adminPort: 9053,
  services: [UserService],
  settings: {
    HOTPATH_DATA: z.string().min(1).default('.hotpath'),
    DEMO_DATA: z.stringbool().optional(),
    SESSION_TTL_SECONDS: z.coerce.number().int().min(60).max(86_400).default(3600),
  },
  async open({ settings, onClose }) {
    const demoData = wantsDemoData(settings.DEMO_DATA);
    const db = await openDatabase({ folder: `${settings.HOTPATH_DATA}/user` });
    onClose(() => db.close());
    await migrate(db, migrations);
    if (demoData) await seed(db);
    const key = await openSigningKey(db);
    return [userService(db, { key, ttlSeconds: settings.SESSION_TTL_SECONDS })];
  },
});
