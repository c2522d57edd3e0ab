import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDatabase } from '@hotpath/database';
import {
  articleClient,
  migrateService,
  outcomeOf,
  type PostgresServer,
  type Replica,
  restClient,
  startPostgres,
  startReplica,
  startShop,
} from '@hotpath/testing';
import { describeOwnPostgres } from '@hotpath/testing/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buyAndSell } from './buy.ts';

const proto = fileURLToPath(new URL('../contract/article/pricing.proto', import.meta.url));

describeOwnPostgres('the shop on PostgreSQL', () => {
  let server: PostgresServer;
  let url: string;
  beforeAll(async () => {
    server = await startPostgres();
    url = await server.createDatabase();
  });
  afterAll(() => server?.stop());

  /** Which tables are in which schema. */
  async function tables(): Promise<Record<string, string[]>> {
    const db = await openDatabase({ url, poolMax: 1 });
    const rows = await db.query<{ schema: string; tables: string[] }>(
      `select schemaname as schema, array_agg(tablename::text order by tablename) as tables from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema') group by schemaname`,
    );
    await db.close();
    return Object.fromEntries(rows.map(({ schema, tables }) => [schema, tables]));
  }

  test('npm start -- --postgres: the whole shop works on it, and a restart finds what was stored', async () => {
    const shop = await startShop({}, '--postgres', url);
    const { reservationId, token, key } = await buyAndSell(shop.gateway, 300).finally(() => shop.stop());
    const schemas = await tables();
    expect(Object.keys(schemas).sort()).toEqual(['hotpath_inventory', 'hotpath_pricing', 'hotpath_user']);
    expect(schemas.hotpath_inventory).toContain('reservations');
    expect(schemas.hotpath_pricing).toContain('prices');
    expect(schemas.hotpath_user).toContain('users');

    const again = await startShop({}, '--postgres', url);
    try {
      const rest = restClient(again.gateway);
      const headers = { 'idempotency-key': key };
      // A session outlives the restart, as the key that signed it is stored too.
      const confirmed = await rest('POST', `/api/reservations/${reservationId}:confirm`, { token, headers });
      expect(confirmed).toMatchObject({ status: 200, body: { reservationId, state: 'confirmed' } });
      const client = articleClient(proto, again.services.pricing);
      const getPrice = promisify(client.GetPrice.bind(client));
      const price = await getPrice({ product_id: 300 }, { deadline: Date.now() + 5_000 });
      expect(price.product_id).toBe('300');
      client.close();
    } finally {
      await again.stop();
    }
  });

  test('the services need no more than their rows: they run by roles that may change no schema', async () => {
    const replicas: Replica[] = [];
    /** A process on a database of its own that another role has migrated. @returns its address */
    const start = async (name: 'user' | 'pricing' | 'inventory', env: NodeJS.ProcessEnv = {}) => {
      const owner = await server.createDatabase();
      const admin = await openDatabase({ url: owner, poolMax: 1 });
      await admin.script(`create role ${name}_runs login password 'runs'`);
      await admin.close();
      await migrateService(name, owner, { DATABASE_RUN_ROLE: `${name}_runs` });
      const own = new URL(owner);
      own.username = `${name}_runs`;
      own.password = 'runs';
      const replica = await startReplica(name, { DATABASE_URL: own.href, ...env });
      replicas.push(replica);
      return replica.address;
    };
    try {
      const addresses = { USER_ADDRESS: await start('user'), PRICING_ADDRESS: await start('pricing') };
      const INVENTORY_ADDRESS = await start('inventory', addresses);
      const gateway = await startReplica('gateway', { ...addresses, INVENTORY_ADDRESS });
      replicas.push(gateway);
      await buyAndSell(`http://${gateway.address}`, 300);
    } finally {
      for (const replica of replicas.reverse()) await replica.close();
    }
  });

  test.each([
    [
      'a server that is not there',
      'postgres://me:secret@127.0.0.1:9/shop',
      /^postgres:\/\/me@127\.0\.0\.1:9\/shop cannot be used: /,
    ],
    [
      'something else',
      'mysql://127.0.0.1/shop',
      /^--postgres takes postgres:\/\/USER:PASSWORD@HOST:PORT\/DATABASE/,
    ],
  ])('npm start -- --postgres: %s is one clear line and exit 1', async (_, wrong, words) => {
    const { code, output } = await outcomeOf(process.execPath, ['scripts/start.ts', '--postgres', wrong], {
      ...process.env,
      NODE_ENV: '',
    });
    expect(code).toBe(1);
    expect(output.trimEnd().split('\n')).toEqual([expect.stringMatching(words)]);
    expect(output).not.toContain('secret');
  });
});
