import { callGraph, protos, UserService } from '@hotpath/contracts';
import { openServiceDatabase, serve } from '@hotpath/rpc';
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
  callGraph,
  protos,
  settings: {
    SESSION_TTL_SECONDS: z.coerce.number().int().min(60).max(86_400).default(3600),
  },
  async open(context) {
    const { settings } = context;
    const db = await openServiceDatabase(context, { migrations, seed });
    const key = await openSigningKey(db);
    return [userService(db, { key, ttlSeconds: settings.SESSION_TTL_SECONDS })];
  },
});
