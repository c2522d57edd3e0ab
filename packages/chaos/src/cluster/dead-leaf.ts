import { setTimeout as sleep } from 'node:timers/promises';
import { count, sendFor, steadily } from '../load.ts';
import { atMost, type InCluster } from '../scenario.ts';
import { healFaults, metricOf, setFaults } from './admin.ts';
import { restart, without } from './change.ts';
import { askPrice, PRICES, proveHealthy } from './http.ts';
import { podsOf } from './pods.ts';

/** Scenario 11 on the shop. */
export const deadLeaf: InCluster = {
  shown:
    'gateway -> pricing, all of whose pods answer UNAVAILABLE to all look-ups of a price; without its defence the gateway ' +
    'tries every call twice, however many fail',
  defendedByMesh: 'it balances, and leaves out pods that fail',
  async run(trial) {
    await without(trial, 'retry-throttling', ['gateway']);
    const price = askPrice(1_000);
    trial.phase('healthy');
    await proveHealthy(price);
    const pods = await podsOf('pricing');
    const arrived = () =>
      metricOf('pricing', 'rpc_server_call_duration_seconds_count', { rpc_method: PRICES });
    const repeated = () => metricOf('gateway', 'hotpath_rpc_client_retries_total', { rpc_method: PRICES });

    // Its budget for retries is spent by then, which is what is shown: who comes after it finds a whole one.
    trial.onClose(() => restart('gateway'));

    trial.phase('fault');
    await setFaults(pods, { rpc: `/${PRICES}`, abortCode: 'UNAVAILABLE', ttlMs: 60_000 });
    const [arrivedBefore, repeatedBefore] = await Promise.all([arrived(), repeated()]);
    const outcomes = await sendFor(trial.thorough ? 30_000 : 8_000, 40, price);
    const [attempts, retries] = await Promise.all([arrived(), repeated()]);

    await healFaults(pods);
    trial.phase('healed');
    const healedAt = performance.now();
    const after = steadily(40, price);
    await sleep(5_500);
    const failed = (await after.stop()).filter(({ result }) => result !== '200');
    const counted = attempts - arrivedBefore;
    return [
      atMost('attempts per request', counted / outcomes.length, 1.2),
      atMost(
        'attempts that are no request and no retry that the gateway counts',
        Math.max(0, counted - outcomes.length - (retries - repeatedBefore)),
        0,
      ),
      atMost('requests that succeeded meanwhile', count(outcomes, '200'), 0),
      atMost(
        'last failure after its return',
        Math.max(0, ...failed.map(({ dueAt }) => dueAt - healedAt)),
        5_000,
        'ms',
      ),
    ];
  },
};
