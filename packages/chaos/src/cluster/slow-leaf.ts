import { latencyOf } from '../latency.ts';
import { count, sendFor, steadily } from '../load.ts';
import type { InCluster } from '../scenario.ts';
import { atLeast, atMost } from '../scenario.ts';
import { without } from './change.ts';
import { askNothing, askPrice, proveHealthy } from './http.ts';
import { lockPrices } from './locked-prices.ts';

const BUDGET_MS = 300;

/** Scenario 1 on the shop. */
export const slowLeaf: InCluster = {
  shown: `gateway -> pricing, which waits for a lock in PostgreSQL; a request has ${BUDGET_MS} ms`,
  async run(trial) {
    await without(trial, 'deadlines', ['gateway', 'pricing']);
    const price = askPrice(BUDGET_MS);
    trial.phase('healthy');
    await proveHealthy(price);

    trial.phase('fault');
    const lock = await lockPrices(6_000);
    const control = steadily(20, askNothing);
    const outcomes = await sendFor(3_000, 20, price);
    const late = Math.max(...(await control.stop()).map(({ ms }) => ms));
    const oldestMs = await lock.released();
    trial.phase('healed');
    // A cluster on a busy machine has some that wait for a processor.
    const most = latencyOf(outcomes)?.p90 ?? 0;
    return [
      atMost(
        'requests not answered 504',
        outcomes.length - count(outcomes, '504'),
        0,
        `of ${outcomes.length}`,
      ),
      atMost('nine of ten answers by, less the control', most - late, BUDGET_MS + 50, 'ms'),
      atMost('oldest statement of pricing, less the control', oldestMs - late, BUDGET_MS + 100, 'ms'),
      atLeast('oldest statement of pricing', oldestMs, 100, 'ms'),
    ];
  },
};
