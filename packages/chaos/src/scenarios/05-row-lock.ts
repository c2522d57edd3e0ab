import { InventoryService } from '@hotpath/contracts';
import { codeName, createClient, openChannel, type RpcError } from '@hotpath/rpc';
import { without } from '../chain.ts';
import { hold, look, migrated, msUntil, startServer, waiting } from '../databases.ts';
import { count, sendAtOnce } from '../load.ts';
import { atMost, type Scenario } from '../scenario.ts';

const POOL = 5;
const CALLS = 20;
const BUDGET_MS = 500;

/** One locked row must not take the pool from all others. */
export const rowLock: Scenario = {
  number: 5,
  name: 'a row stays locked',
  where: ['local'],
  needs: 'postgres',
  fast: true,
  given: `inventory with ${POOL} connections to PostgreSQL`,
  load: `${CALLS} reservations of one product at once; each has ${BUDGET_MS} ms`,
  fault: "somebody holds the lock of the product's stock",
  holds:
    'statements are cancelled by the deadline; 1 s after it the pool serves others; nothing is reserved late',
  defence: "a call's end is the end of its statements; without: they wait for as long as the lock is held",
  async run(trial) {
    const server = await startServer(trial);
    const database = await migrated(server, 'inventory');
    const inventory = await trial.start('inventory', {
      DATABASE_URL: database,
      DATABASE_POOL: String(POOL),
      ...without(trial, 'statements'),
    });
    const db = await look(trial, database);
    const channel = openChannel(inventory.address);
    trial.onClose(() => channel.close());
    const client = createClient(InventoryService, channel);
    let requests = 0;
    const reserve = (productId: bigint) => {
      const requestId = String(++requests);
      return client
        .reserveStock({ requestId, userId: 1n, productId, quantity: 1 }, { timeoutMs: BUDGET_MS })
        .then(
          () => 'OK',
          ({ code }: RpcError) => codeName(code),
        );
    };
    trial.phase('healthy');
    if ((await msUntil(5_000, async () => (await reserve(2n)) === 'OK')) === 5_000) {
      throw new Error('nothing can be reserved before anything is done');
    }

    trial.phase('fault');
    const release = await hold(db, 'select from stock where product_id = 1 for update');
    const sentAt = performance.now();
    const all = sendAtOnce(CALLS, () => reserve(1n));
    await msUntil(BUDGET_MS, async () => (await waiting(db)) === POOL);
    const locked = await waiting(db);
    const outcomes = await all;
    const answeredMs = performance.now() - sentAt;
    const cancelledMs = answeredMs + (await msUntil(2_000, async () => (await waiting(db)) === 0));
    const servedMs =
      performance.now() - sentAt + (await msUntil(2_000, async () => (await reserve(2n)) === 'OK'));
    await release();
    trial.phase('healed');
    const late = await db.query('select from reservations where product_id = 1');
    return [
      atMost('statements cancelled after', cancelledMs, BUDGET_MS + 200, 'ms'),
      atMost('another product reserved after', servedMs, BUDGET_MS + 1_000, 'ms'),
      atMost('calls not ended by DEADLINE_EXCEEDED', CALLS - count(outcomes, 'DEADLINE_EXCEEDED'), 0),
      atMost('reserved late', late.length, 0),
      atMost('connections of the pool that the lock spared', POOL - locked, 0),
    ];
  },
};
