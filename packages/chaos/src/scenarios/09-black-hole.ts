import { setTimeout as sleep } from 'node:timers/promises';
import { without } from '../chain.ts';
import { blackHole as cluster } from '../cluster/black-hole.ts';
import { askEdge, proveHealthy } from '../edge-load.ts';
import { steadily } from '../load.ts';
import { addressOf, startReplicas } from '../replicas.ts';
import { atLeast, atMost, type Scenario } from '../scenario.ts';

const REPLICAS = 3;
const BUDGET_MS = 1_000;
/** After a time without an answer to anything a connection's keepalive takes it for dead: 20 s and 5 s. */
const KEEPALIVE_MS = 25_000;
const FAULT_MS = 35_000;

/** Silence is found out: no reset, no end says that the way to a replica is gone. */
export const blackHole: Scenario = {
  number: 9,
  name: 'one of three replicas vanishes without a word',
  where: ['local', 'cluster'],
  given: `edge -> ${REPLICAS} TCP proxies -> a leaf each; a call has ${BUDGET_MS} ms`,
  load: '30 requests/s',
  fault: `all bytes to and from one leaf are swallowed for ${FAULT_MS / 1000} s, on connections old and new`,
  holds: `a third of the requests fails, at most, for ${KEEPALIVE_MS / 1000} s, at most; then none`,
  defence: 'keepalive pings end a connection that does not answer; without: it is used until TCP gives up',
  cluster,
  async run(trial) {
    const env = without(trial, 'keepalive');
    const leaves = await startReplicas(trial, 'node', REPLICAS, env);
    const edge = await trial.start('edge', {
      CHAIN_NEXT: addressOf(leaves),
      CHAIN_TIMEOUT_MS: String(BUDGET_MS),
      EDGE_BUDGET_MS: String(BUDGET_MS),
      ...env,
    });
    trial.phase('healthy');
    await proveHealthy(edge);

    const [vanishing] = leaves;
    if (!vanishing) throw new Error('there is no leaf');
    const load = steadily(30, askEdge(edge));
    trial.phase('fault');
    const heal = vanishing.wire.add({ type: 'timeout' });
    const vanishedAt = performance.now();
    await sleep(FAULT_MS);
    const outcomes = [...load.outcomes];
    trial.phase('healed');
    heal();
    await load.stop();

    const lost = outcomes.filter(({ result }) => result !== '200');
    const lastMs = Math.max(0, ...lost.map(({ dueAt }) => dueAt - vanishedAt));
    const meanwhile = outcomes.filter(({ dueAt }) => dueAt >= vanishedAt && dueAt < vanishedAt + lastMs);
    return [
      // Pings are sent by a timer, and found unanswered by another: each may be late where the machine is busy.
      atMost('the last request that failed was sent after', lastMs, KEEPALIVE_MS + 1_000, 'ms'),
      atMost('requests that failed until then', (lost.length / meanwhile.length) * 100, 35, '%'),
      atLeast('requests that failed', lost.length, 30),
    ];
  },
};
