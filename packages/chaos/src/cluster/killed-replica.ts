import { setTimeout as sleep } from 'node:timers/promises';
import { count, steadily } from '../load.ts';
import { atLeast, atMost, type InCluster } from '../scenario.ts';
import { healFaults, metricOf, setFaults } from './admin.ts';
import { without } from './change.ts';
import { askPrice, PRICES, proveHealthy } from './http.ts';
import { endOf, podsOf, startedAnew } from './pods.ts';
import { REPLICAS, spread } from './shop.ts';

const WORK_MS = 150;

/** Scenario 7 on the shop. */
export const killedReplica: InCluster = {
  shown: `gateway -> ${REPLICAS} pods of pricing, which take ${WORK_MS} ms: SIGKILL to all processes of one's container`,
  async run(trial) {
    await without(trial, 'retries', ['gateway']);
    const price = askPrice(3_000);
    trial.phase('healthy');
    await proveHealthy(price);
    const repeated = () => metricOf('gateway', 'hotpath_rpc_client_retries_total');
    const before = await repeated();
    const kills = trial.thorough ? REPLICAS : 1;
    let lost = 0;
    let sent = 0;
    let lastSlowMs = 0;
    for (let kill = 0; kill < kills; kill++) {
      await spread();
      const pods = await podsOf('pricing');
      const victim = pods[kill % pods.length];
      if (!victim) throw new Error('no pod of pricing is ready');
      await trial.shop.helper.prepare(victim);
      await setFaults(pods, { rpc: `/${PRICES}`, delayMs: WORK_MS, ttlMs: 30_000 });
      const load = steadily(60, price);
      await sleep(1_500);
      const { restarts } = await endOf('pricing', victim.name);
      trial.phase('fault');
      const killedAt = performance.now();
      await trial.shop.helper.kill(victim);
      await startedAnew('pricing', victim.name, restarts);
      trial.phase('healed');
      await sleep(1_000);
      const outcomes = await load.stop();
      await healFaults(await podsOf('pricing'));
      sent += outcomes.length;
      lost += outcomes.length - count(outcomes, '200');
      // What has to be tried again, or waits for those that are left, takes longer than the others.
      const slow = outcomes.filter(({ dueAt, ms }) => dueAt > killedAt && ms > 3 * WORK_MS);
      lastSlowMs = Math.max(lastSlowMs, ...slow.map(({ dueAt }) => dueAt - killedAt));
    }
    return [
      atMost('requests lost', lost, 0, `of ${sent}`),
      atMost('the last request that had to wait was sent after', lastSlowMs, 2_000, 'ms'),
      atLeast('calls that were hit', lost + (await repeated()) - before, kills),
    ];
  },
};
