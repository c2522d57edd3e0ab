import { setTimeout as sleep } from 'node:timers/promises';
import { latencyOf } from '../latency.ts';
import { count, type Outcome, ofAll, steadily } from '../load.ts';
import { atLeast, atMost, type InCluster } from '../scenario.ts';
import { healFaults, metricOf, setFaults } from './admin.ts';
import { without } from './change.ts';
import { askPrice, PRICES, proveHealthy } from './http.ts';
import { endOf, podsOf, startedAnew } from './pods.ts';
import { REPLICAS, spread } from './shop.ts';

const WORK_MS = 150;
const RECOVERY_MS = 2_000;
/** Linkerd's proxy outlives the process and ends the calls that it had in flight by codes that nobody may repeat. */
const LOST_BY_PROXY = 3;

/** Scenario 7 on the shop. */
export const killedReplica: InCluster = {
  shown: `gateway -> ${REPLICAS} pods of pricing, which take ${WORK_MS} ms: SIGKILL to all processes of one's container`,
  defendedByMesh: 'it balances, and leaves out pods that fail',
  async run(trial) {
    await without(trial, 'retries', ['gateway']);
    const price = askPrice(3_000);
    trial.phase('healthy');
    await proveHealthy(price);
    const repeated = () => metricOf('gateway', 'hotpath_rpc_client_retries_total');
    const before = await repeated();
    const kills = trial.thorough ? REPLICAS : 1;
    const all: Outcome[] = [];
    let slowdown = 0;
    for (let kill = 0; kill < kills; kill++) {
      await spread(trial.shop);
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
      await sleep(RECOVERY_MS + 1_000);
      const outcomes = await load.stop();
      await healFaults(await podsOf('pricing'));
      all.push(...outcomes);
      const whole = latencyOf(outcomes.filter(({ dueAt, ms }) => dueAt + ms < killedAt));
      const later = latencyOf(outcomes.filter(({ dueAt }) => dueAt > killedAt + RECOVERY_MS));
      slowdown = Math.max(slowdown, (later?.p90 ?? Number.POSITIVE_INFINITY) / (whole?.p90 ?? 1));
    }
    // On a busy machine the start of the new process takes a request's whole budget from some.
    const inTime = all.filter(({ result }) => result !== '504');
    const lost = inTime.length - count(inTime, '200');
    return [
      atMost('requests lost', lost, trial.shop.meshed ? kills * LOST_BY_PROXY : 0, ofAll(inTime, '200')),
      atMost('requests that had too little time', (1 - inTime.length / all.length) * 100, 10, '%'),
      atMost('nine of ten answers, 2 s after the kill and later, take times as long as before', slowdown, 3),
      atLeast('calls that were hit', all.length - inTime.length + lost + (await repeated()) - before, kills),
    ];
  },
};
