import { setTimeout as sleep } from 'node:timers/promises';
import { Code } from '@hotpath/rpc';
import { attemptsAt } from '../attempts.ts';
import { startChain } from '../chain.ts';
import { deadLeaf as cluster } from '../cluster/dead-leaf.ts';
import { askEdge, proveHealthy } from '../edge-load.ts';
import { count, sendFor, steadily } from '../load.ts';
import { atMost, type Scenario } from '../scenario.ts';

/** Retries must not bury a service that is down. */
export const deadLeaf: Scenario = {
  number: 11,
  name: 'the leaf answers UNAVAILABLE to all',
  where: ['local', 'cluster'],
  fast: true,
  given: 'edge -> middle -> leaf',
  load: '40 requests/s',
  fault: 'every call to the leaf fails by UNAVAILABLE',
  holds: 'at most 1.2 attempts a request reach the leaf; within 5 s of its return all succeed',
  defence: 'one edge retries, once, while most calls succeed; without: each hop, five times, always',
  cluster,
  async run(trial) {
    const naive = trial.defended ? {} : { CHAIN_RETRIES: 'always' };
    const { edge, leaf, streams } = await startChain(trial, { edge: naive, middle: naive });
    trial.phase('healthy');
    await proveHealthy(edge);

    trial.phase('fault');
    const before = streams.opened;
    leaf.setFault({ abortCode: Code.UNAVAILABLE });
    const outcomes = await sendFor(trial.thorough ? 30_000 : 10_000, 40, askEdge(edge));
    const attempts = streams.opened - before;

    leaf.setFault();
    trial.phase('healed');
    const healedAt = performance.now();
    const after = steadily(40, askEdge(edge));
    await sleep(5_500);
    const failed = (await after.stop()).filter(({ result }) => result !== '200');
    return [
      atMost('attempts per request', attempts / outcomes.length, 1.2),
      atMost(
        'attempts that the leaf counts otherwise',
        Math.abs((await attemptsAt(leaf)) - streams.opened),
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
