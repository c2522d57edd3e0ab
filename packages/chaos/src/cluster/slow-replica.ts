import { sendFor } from '../load.ts';
import { atLeast, atMost, type InCluster } from '../scenario.ts';
import { healFaults, metricsOf, setFaults } from './admin.ts';
import { askPrice, PRICES, proveHealthy } from './http.ts';
import { podsOf } from './pods.ts';
import { REPLICAS, spread } from './shop.ts';

const SLOW_MS = 200;

/** Scenario 10 on the shop. */
export const slowReplica: InCluster = {
  shown: `gateway -> ${REPLICAS} pods of pricing, of which one takes ${SLOW_MS} ms longer`,
  async run(trial) {
    const price = askPrice(2_000);
    trial.phase('healthy');
    await proveHealthy(price);
    await spread(trial.shop);
    const pods = await podsOf('pricing');
    const calls = () => metricsOf(pods, 'rpc_server_call_duration_seconds_count', { rpc_method: PRICES });

    trial.phase('fault');
    await setFaults(pods.slice(0, 1), { rpc: `/${PRICES}`, delayMs: SLOW_MS, ttlMs: 60_000 });
    // The balancer has to see how slow it is first.
    await sendFor(2_000, 60, price);
    const before = await calls();
    const outcomes = await sendFor(12_000, 60, price);
    const got = (await calls()).map((count, pod) => count - (before[pod] ?? 0));
    await healFaults(pods);
    trial.phase('healed');
    const all = got.reduce((sum, count) => sum + count, 0);
    return [
      atMost('requests that came to the slow pod', ((got[0] ?? 0) / all) * 100, 15, '%'),
      atLeast('requests sent', outcomes.length, 600),
    ];
  },
};
