import { rollingRestarts as cluster } from '../cluster/rolling-restarts.ts';
import { look, migrated, msUntil, startServer } from '../databases.ts';
import { count, ofAll, sendFor, steadily } from '../load.ts';
import { addressOf, type Replica, startReplicas } from '../replicas.ts';
import { atLeast, atMost, type Scenario } from '../scenario.ts';
import { type Ask, visit } from '../shop-visitor.ts';
import type { Running, Trial } from '../trial.ts';

const REPLICAS = 2;
const GRACE_MS = 10_000;
const MOST_MS = 10_000;

/** A rollout is nothing that users notice, however often it comes. */
export const rollingRestarts: Scenario = {
  number: 6,
  name: 'every service is restarted, replica by replica, again and again',
  where: ['local', 'cluster'],
  needs: 'postgres',
  given: `gateway, inventory, pricing and user, ${REPLICAS} of each, on PostgreSQL; a reservation takes 200 ms`,
  load: '10 pages/s, and 5 reservations/s of which each is sent twice under its key; nobody tries again',
  fault:
    '20 rolling restarts of each service, 2 without --all: a new process, and SIGTERM to the old one when that is ready',
  holds: 'no request is lost; no reservation is made twice',
  defence:
    'who is told to end finishes its calls, and writes have keys; without: it ends, and they have none',
  cluster,
  async run(trial) {
    const { services, database } = await startShop(trial);
    const db = await look(trial, database);
    await db.query('update stock set available = 1000');
    await db.query(
      `create function slowly() returns trigger language plpgsql as
         $$ begin perform pg_sleep(0.2); return new; end $$;`,
    );
    await db.query(
      'create trigger slowly before insert on reservations for each row execute function slowly()',
    );
    const shop = visitInTurn(services.gateway, trial.defended);
    trial.phase('healthy');
    const asked = await msUntil(MOST_MS, async () => (await shop.page().catch(String)) === 'OK');
    if (asked === MOST_MS) throw new Error('no page comes before anything is done');

    const whole = await sendFor(3_000, 10, shop.page);
    const late = whole.length - count(whole, 'OK');
    if (late > 0) throw new Error(`${late} of ${whole.length} pages failed before anything was done`);

    const pages = steadily(10, shop.page);
    const reservations = steadily(5, shop.reserve);
    let slowest = 0;
    let unclean = 0;
    const end = async (old: Running) => {
      const { code, ms } = await old.stop();
      slowest = Math.max(slowest, ms);
      if (code !== 0) unclean++;
    };
    trial.phase('fault');
    let ending = Promise.resolve();
    for (let round = 0; round < (trial.thorough ? 20 : 2); round++) {
      for (const service of Object.values(services)) {
        for (const replica of service) {
          // As a Deployment of these does: one more than it has, never one less.
          const old = await replica.replace();
          await ending;
          ending = end(old);
        }
      }
    }
    await ending;
    trial.phase('healed');
    const outcomes = [await pages.stop(), await reservations.stop()].flat();
    const doubled = await db.query('select from reservations group by product_id having count(*) > 1');
    const stored = await db.query<{ id: string }>('select reservation_id as id from reservations');
    const kept = new Set(stored.map(({ id }) => id));
    return [
      atMost('requests lost', outcomes.length - count(outcomes, 'OK'), 0, ofAll(outcomes, 'OK')),
      atMost('reservations made twice', doubled.length, 0, `of ${stored.length}`),
      atMost('acknowledged, but not there', shop.acknowledged.filter((id) => !kept.has(id)).length, 0),
      atMost('slowest end of a process', slowest, GRACE_MS, 'ms'),
      atMost('processes that ended by another code than 0', unclean, 0),
      atLeast('reservations', stored.length, trial.thorough ? 200 : 20),
    ];
  },
};

/** Starts the shop. @returns its replicas, and the URL of inventory's database */
async function startShop(trial: Trial) {
  const server = await startServer(trial);
  const database = await migrated(server, 'inventory');
  const start = (name: Parameters<Trial['start']>[0], env: Readonly<Record<string, string>>) =>
    startReplicas(trial, name, REPLICAS, {
      DATABASE_POOL: '5',
      DRAIN_GRACE_MS: String(trial.defended ? GRACE_MS : 0),
      RATE_LIMIT_PER_MINUTE: '1000000',
      ...env,
    });
  const user = await start('user', { DATABASE_URL: await migrated(server, 'user') });
  const pricing = await start('pricing', { DATABASE_URL: await migrated(server, 'pricing') });
  const addresses = { USER_ADDRESS: addressOf(user), PRICING_ADDRESS: addressOf(pricing) };
  const inventory = await start('inventory', { DATABASE_URL: database, ...addresses });
  const gateway = await start('gateway', { INVENTORY_ADDRESS: addressOf(inventory), ...addresses });
  return { services: { user, pricing, inventory, gateway }, database };
}

/** One who visits the gateways in turn. */
function visitInTurn(gateways: readonly Replica[], hasKeys: boolean) {
  let turn = 0;
  const ask: Ask = async (path, { method = 'GET', body, headers } = {}) => {
    const gateway = gateways[turn++ % gateways.length];
    const response = await fetch(`http://${gateway?.process.address}${path}`, {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return visit(ask, hasKeys);
}
