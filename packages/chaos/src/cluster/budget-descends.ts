import { latencyOf } from '../latency.ts';
import { sendFor, steadily } from '../load.ts';
import { atLeast, atMost, type InCluster } from '../scenario.ts';
import { healFaults, setFaults } from './admin.ts';
import { without } from './change.ts';
import { ask, askNothing, proveHealthy } from './http.ts';
import { lockPrices } from './locked-prices.ts';
import { podsOf } from './pods.ts';

const BUDGET_MS = 400;
const HELD_MS = 150;

/** Scenario 3 on the shop. */
export const budgetDescends: InCluster = {
  shown:
    `gateway -> inventory -> pricing: a page has ${BUDGET_MS} ms, inventory holds it back for ${HELD_MS} ms, ` +
    'then pricing waits for a lock in PostgreSQL, with a timeout of 800 ms of its own',
  async run(trial) {
    await without(trial, 'deadlines', ['gateway', 'inventory', 'pricing']);
    const page = async () => {
      const headers = { 'x-request-timeout-ms': String(BUDGET_MS) };
      return String((await ask('/api/products?pageSize=10', { headers })).status);
    };
    trial.phase('healthy');
    await proveHealthy(page);
    const inventory = await podsOf('inventory');

    trial.phase('fault');
    const rpc = '/ecommerce.InventoryService/ListProducts';
    await setFaults(inventory, { rpc, delayMs: HELD_MS, ttlMs: 20_000 });
    const lock = await lockPrices(5_000);
    const control = steadily(20, askNothing);
    const outcomes = await sendFor(2_000, 20, page);
    const late = Math.max(...(await control.stop()).map(({ ms }) => ms));
    const oldestMs = await lock.released();
    await healFaults(inventory);
    trial.phase('healed');
    // A cluster on a busy machine has some that wait for a processor.
    const most = latencyOf(outcomes)?.p90 ?? 0;
    return [
      atMost(
        'longest that pricing works for a page, less the control',
        oldestMs - late,
        BUDGET_MS - HELD_MS,
        'ms',
      ),
      atMost('nine of ten answers by, less the control', most - late, BUDGET_MS + 50, 'ms'),
      atLeast('longest that pricing works for a page', oldestMs, 50, 'ms'),
    ];
  },
};
