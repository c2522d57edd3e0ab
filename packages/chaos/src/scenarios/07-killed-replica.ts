import { setTimeout as sleep } from 'node:timers/promises';
import { killedReplica as cluster } from '../cluster/killed-replica.ts';
import { msUntil } from '../databases.ts';
import { askEdge, proveHealthy } from '../edge-load.ts';
import { count, ofAll, steadily } from '../load.ts';
import { addressOf, startReplicas } from '../replicas.ts';
import { atLeast, atMost, type Scenario } from '../scenario.ts';

const REPLICAS = 3;
const MOST_MS = 5_000;
const IN_FLIGHT = 6;

/** A process that dies takes no read with it. */
export const killedReplica: Scenario = {
  number: 7,
  name: 'one of three replicas is killed',
  where: ['local', 'cluster'],
  fast: true,
  given: `edge -> ${REPLICAS} leaves, whose work takes 150 ms`,
  load: '120 requests/s',
  fault: `SIGKILL to one leaf after the other, each while it works for at least ${IN_FLIGHT}; another takes its place`,
  holds: 'no request is lost; each new leaf gets calls within 2 s of being ready',
  defence: 'the outermost process tries reads again, elsewhere; without: nobody does',
  cluster,
  async run(trial) {
    const leaves = await startReplicas(trial, 'node', REPLICAS, { CHAIN_WORK_MS: '150' });
    const edge = await trial.start('edge', {
      CHAIN_NEXT: addressOf(leaves),
      CHAIN_RETRIES: trial.defended ? 'once' : 'never',
      // Long, so that a machine that is busy elsewhere loses none by itself.
      CHAIN_TIMEOUT_MS: '2000',
      EDGE_BUDGET_MS: '2500',
    });
    trial.phase('healthy');
    await proveHealthy(edge);

    const load = steadily(120, askEdge(edge));
    let slowest = 0;
    for (const leaf of leaves) {
      trial.phase('fault');
      const busy = await msUntil(
        MOST_MS,
        async () => (await leaf.process.ledger()).alive.length >= IN_FLIGHT,
      );
      if (busy === MOST_MS) throw new Error('a leaf gets too few calls before anything is done');
      await leaf.process.kill();
      const { opened } = leaf.streams;
      await leaf.replace();
      trial.phase('healed');
      slowest = Math.max(slowest, await msUntil(MOST_MS, async () => leaf.streams.opened > opened));
      await sleep(500);
    }
    const outcomes = await load.stop();
    const lost = outcomes.length - count(outcomes, '200');
    const repeated = await edge.metric('hotpath_rpc_client_retries_total');
    return [
      atMost('requests lost', lost, 0, ofAll(outcomes, '200')),
      atMost('a new leaf gets calls after', slowest, 2_000, 'ms'),
      atLeast('calls that were hit', lost + repeated, REPLICAS * IN_FLIGHT),
    ];
  },
};
