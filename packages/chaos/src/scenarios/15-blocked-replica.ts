import { setTimeout as sleep } from 'node:timers/promises';
import { without } from '../chain.ts';
import { blockedReplica as cluster } from '../cluster/blocked-replica.ts';
import { askEdge, proveHealthy } from '../edge-load.ts';
import { steadily } from '../load.ts';
import { addressOf, startReplicas } from '../replicas.ts';
import { atLeast, atMost, type Scenario } from '../scenario.ts';

const REPLICAS = 3;
const BLOCK_MS = 4_000;
const BUDGET_MS = 1_000;

/** Who stands still must not make the others stand still. */
export const blockedReplica: Scenario = {
  number: 15,
  name: "a replica's event loop stands still",
  where: ['local', 'cluster'],
  fast: true,
  given: `edge -> ${REPLICAS} leaves, whose work takes 20 ms; a call has ${BUDGET_MS} ms`,
  load: '60 requests/s',
  fault: `one leaf's event loop is held up for ${BLOCK_MS / 1000} s`,
  holds:
    "lost is at most that leaf's third of what was sent meanwhile; of the others' calls, and afterwards, none",
  defence: 'a client spreads its calls over all replicas; without: they go where its one connection leads',
  cluster,
  async run(trial) {
    const leaves = await startReplicas(trial, 'node', REPLICAS, { CHAIN_WORK_MS: '20' });
    const edge = await trial.start('edge', {
      CHAIN_NEXT: addressOf(leaves),
      CHAIN_TIMEOUT_MS: String(BUDGET_MS),
      EDGE_BUDGET_MS: String(BUDGET_MS),
      ...without(trial, 'balancing'),
    });
    trial.phase('healthy');
    await proveHealthy(edge);

    const load = steadily(60, askEdge(edge));
    await sleep(1_000);
    const [blocked, ...others] = leaves;
    trial.phase('fault');
    blocked?.process.block(BLOCK_MS);
    const blockedAt = performance.now();
    await sleep(BLOCK_MS);
    trial.phase('healed');
    await sleep(2_000);
    const outcomes = await load.stop();

    const lost = outcomes.filter(({ result }) => result !== '200');
    const from = blockedAt - 20;
    const meanwhile = outcomes.filter(({ dueAt }) => dueAt >= from && dueAt < blockedAt + BLOCK_MS);
    const ledgers = await Promise.all(others.map(({ process }) => process.ledger()));
    const elsewhere = new Set(ledgers.flatMap(({ arrived }) => arrived.map(({ id }) => id)));
    const later = lost.filter(({ dueAt }) => dueAt >= blockedAt + BLOCK_MS);
    return [
      atMost('requests lost', lost.length, Math.ceil(meanwhile.length / REPLICAS), `of ${meanwhile.length}`),
      atMost('lost although another leaf had them', lost.filter(({ id }) => elsewhere.has(id)).length, 0),
      atMost('lost of those sent afterwards', later.length, 0),
      atLeast('requests that were hit', lost.length, 1),
    ];
  },
};
