import { without } from '../chain.ts';
import { hold, look, migrated, msUntil, startServer, waiting } from '../databases.ts';
import { sendAtOnce } from '../load.ts';
import { atLeast, atMost, type Scenario } from '../scenario.ts';
import { startTcpProxy } from '../tcp-proxy.ts';

const PAGES = 10;
const POOL = 5;
const ROUNDS = 10;
const NOBODY = '127.0.0.1:9';

/** Who is gone must not keep the database busy, three processes further down. */
export const callerVanishes: Scenario = {
  number: 4,
  name: 'callers vanish while the database works for them',
  where: ['local'],
  needs: 'postgres',
  fast: true,
  given: 'TCP proxy -> gateway -> inventory -> pricing -> PostgreSQL',
  load: `${ROUNDS} times ${PAGES} pages at once, whose prices wait for a lock`,
  fault: 'the connections of all callers are reset',
  holds: '100 ms later no statement is active for them, and no process works for them',
  defence: "a caller's leaving ends the calls made for it, and their statements; without: they live on",
  async run(trial) {
    const server = await startServer(trial);
    const env = { USER_ADDRESS: NOBODY, ...without(trial, 'deadlines') };
    const database = await migrated(server, 'pricing');
    const pricing = await trial.start('pricing', {
      DATABASE_URL: database,
      DATABASE_POOL: String(POOL),
      ...env,
    });
    const addresses = { PRICING_ADDRESS: pricing.address, ...env };
    const inventory = await trial.start('inventory', {
      DATABASE_URL: await migrated(server, 'inventory'),
      ...addresses,
    });
    const gateway = await trial.start('gateway', { INVENTORY_ADDRESS: inventory.address, ...addresses });
    const proxy = await startTcpProxy(gateway.address);
    trial.onClose(() => proxy.close());
    const db = await look(trial, database);
    trial.phase('healthy');
    const page = async () => {
      const response = await fetch(`http://${proxy.address}/api/products?pageSize=10`);
      await response.arrayBuffer();
      return String(response.status);
    };
    if ((await msUntil(10_000, async () => (await page()) === '200')) === 10_000) {
      throw new Error('no page comes before anything is done');
    }

    const times: number[] = [];
    let fewest = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) {
      const release = await hold(db, 'lock table prices in access exclusive mode');
      const pages = sendAtOnce(PAGES, () => page().catch(() => 'reset'));
      await msUntil(500, async () => (await waiting(db)) >= POOL);
      fewest = Math.min(fewest, await waiting(db));
      trial.phase('fault');
      proxy.cutAll();
      times.push(await msUntil(1_000, async () => (await waiting(db)) === 0));
      await release();
      await pages;
      trial.phase('healed');
    }
    const processes = [gateway, inventory, pricing];
    const working = await Promise.all(processes.map((one) => one.metric('hotpath_work_after_end')));
    return [
      // All rounds but one: a machine that is busy elsewhere may stop any process for a while.
      atMost('until no statement is active', times.toSorted((a, b) => b - a)[1] ?? 0, 100, 'ms'),
      atMost(
        'handlers at work for nobody',
        working.reduce((sum, count) => sum + count, 0),
        0,
      ),
      atLeast('statements that were active', fewest, POOL),
    ];
  },
};
