import { UserService } from '@hotpath/contracts';
import { type Database, migrate, openDatabase } from '@hotpath/database';
import { createClient, openChannel, startServer } from '@hotpath/rpc';
import { afterAll } from 'vitest';
import { openSigningKey } from './keys.ts';
import { migrations } from './migrations.ts';
import { userService } from './service.ts';

/** Opens a database, embedded unless a server's URL is given; it is migrated, and closed when its tests are done. */
export async function openTestDatabase(url?: string): Promise<Database> {
  const db = await openDatabase(url === undefined ? { folder: undefined } : { url, poolMax: 10 });
  afterAll(() => db.close());
  await migrate(db, migrations);
  return db;
}

/** Serves the user service on that database for as long as the test file runs, and returns a client of it. */
export async function startUserService(db: Database) {
  const server = await startServer([userService(db, { key: await openSigningKey(db), ttlSeconds: 3600 })]);
  const channel = openChannel(server.address);
  afterAll(async () => {
    channel.close();
    await server.close();
  });
  return createClient(UserService, channel);
}
