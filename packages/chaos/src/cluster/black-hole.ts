import { setTimeout as sleep } from 'node:timers/promises';
import { steadily } from '../load.ts';
import { atLeast, atMost, type InCluster } from '../scenario.ts';
import { without } from './change.ts';
import { askPrice, proveHealthy } from './http.ts';
import { podsOf } from './pods.ts';
import { REPLICAS, spread } from './shop.ts';

/** After a time without an answer to anything a connection's keepalive takes it for dead: 20 s and 5 s. */
const KEEPALIVE_MS = 25_000;
const FAULT_MS = 32_000;
const GRPC = 50_052;

/** Scenario 9 on the shop. */
export const blackHole: InCluster = {
  shown:
    `gateway -> ${REPLICAS} pods of pricing: all packets of calls to one are dropped in its network namespace for ` +
    `${FAULT_MS / 1000} s, on connections old and new; its probes pass, so that Kubernetes sees nothing`,
  defendedByMesh: 'it balances, and leaves out pods that fail',
  async run(trial) {
    await without(trial, 'keepalive', ['gateway']);
    const price = askPrice(1_000);
    trial.phase('healthy');
    await proveHealthy(price);
    await spread(trial.shop);
    const [victim] = await podsOf('pricing');
    if (!victim) throw new Error('no pod of pricing is ready');
    await trial.shop.helper.prepare(victim);

    const load = steadily(30, price);
    trial.phase('fault');
    // Linkerd leads whatever comes to one port of its proxy, probes too, so there it goes by who calls.
    const rules = trial.shop.meshed
      ? (await podsOf('gateway')).flatMap(({ ip }) => [
          `INPUT --protocol tcp --source ${ip} --jump DROP`,
          `OUTPUT --protocol tcp --destination ${ip} --jump DROP`,
        ])
      : [
          `INPUT --protocol tcp --dport ${GRPC} --jump DROP`,
          `OUTPUT --protocol tcp --sport ${GRPC} --jump DROP`,
        ];
    const vanishedAt = performance.now();
    const wound = await trial.shop.helper.filter(victim, rules, FAULT_MS / 1000 + 5);
    trial.onClose(wound.heal);
    await sleep(FAULT_MS - (performance.now() - vanishedAt));
    const outcomes = [...load.outcomes];
    trial.phase('healed');
    await wound.heal();
    await load.stop();

    const lost = outcomes.filter(({ result }) => result !== '200');
    const lastMs = Math.max(0, ...lost.map(({ dueAt }) => dueAt - vanishedAt));
    const meanwhile = outcomes.filter(({ dueAt }) => dueAt >= vanishedAt && dueAt <= vanishedAt + lastMs);
    return [
      atMost('the last request that failed was sent after', lastMs, KEEPALIVE_MS + 2_000, 'ms'),
      atMost('requests that failed until then', (lost.length / meanwhile.length) * 100, 40, '%'),
      // Linkerd sends little to a pod that does not answer.
      atLeast('requests that failed', lost.length, trial.shop.meshed ? 1 : 10),
    ];
  },
};
