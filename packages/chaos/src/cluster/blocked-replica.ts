import { setTimeout as sleep } from 'node:timers/promises';
import { steadily } from '../load.ts';
import { atLeast, atMost, type InCluster } from '../scenario.ts';
import { metricsOf } from './admin.ts';
import { change } from './change.ts';
import { askPrice, proveHealthy } from './http.ts';
import { podsOf } from './pods.ts';
import { REPLICAS, spread } from './shop.ts';

const BLOCK_MS = 4_000;

/** Scenario 15 on the shop. */
export const blockedReplica: InCluster = {
  shown: `gateway -> ${REPLICAS} pods of pricing: SIGSTOP to the process of one for ${BLOCK_MS / 1000} s`,
  defendedByMesh: 'it balances, and leaves out pods that fail',
  async run(trial) {
    // All calls of one pod of the gateway go to one of pricing then; those of a second might go to another.
    if (!trial.defended)
      await change(trial, 'gateway', { replicas: 1, env: { WITHOUT_DEFENCES: 'balancing' } });
    const price = askPrice(1_000);
    trial.phase('healthy');
    await proveHealthy(price);
    if (trial.defended) await spread(trial.shop);
    const load = steadily(60, price);
    const pods = await podsOf('pricing');
    const calls = () => metricsOf(pods, 'rpc_server_call_duration_seconds_count');
    const before = await calls();
    await sleep(1_000);
    const got = (await calls()).map((count, pod) => count - (before[pod] ?? 0));
    // Without balancing one gets most of them.
    const victim = pods[got.indexOf(Math.max(...got))];
    if (!victim) throw new Error('no pod of pricing is ready');
    await trial.shop.helper.prepare(victim);

    trial.phase('fault');
    const from = performance.now();
    const wound = await trial.shop.helper.stop(victim, BLOCK_MS / 1000 + 3);
    trial.onClose(wound.heal);
    await sleep(BLOCK_MS - (performance.now() - from));
    await wound.heal();
    const healedAt = performance.now();
    trial.phase('healed');
    await sleep(2_000);
    const outcomes = await load.stop();

    const lost = outcomes.filter(({ result }) => result !== '200');
    const meanwhile = outcomes.filter(({ dueAt, ms }) => dueAt + ms >= from && dueAt < healedAt);
    const later = lost.filter(({ dueAt }) => dueAt >= healedAt);
    return [
      atMost('requests lost', lost.length, Math.ceil(meanwhile.length / REPLICAS), `of ${meanwhile.length}`),
      atMost('lost of those sent afterwards', later.length, 0),
      atLeast('requests that were hit', lost.length, 1),
    ];
  },
};
