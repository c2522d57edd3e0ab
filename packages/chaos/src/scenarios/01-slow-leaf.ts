import { setTimeout as sleep } from 'node:timers/promises';
import { startChain, without } from '../chain.ts';
import { slowLeaf as cluster } from '../cluster/slow-leaf.ts';
import { askEdge, proveHealthy } from '../edge-load.ts';
import { count, steadily } from '../load.ts';
import { atMost, type Scenario } from '../scenario.ts';

const BUDGET_MS = 300;

/** Who gives up at the deadline must not leave work behind. */
export const slowLeaf: Scenario = {
  number: 1,
  name: 'the leaf answers after twice the budget',
  where: ['local', 'cluster'],
  fast: true,
  given: 'edge -> middle -> leaf; the edge has 300 ms',
  load: '20 requests/s',
  fault: "the leaf's work takes 600 ms",
  holds: '504 by 350 ms; no work for a request is alive 400 ms after it came',
  defence: 'deadlines travel with calls and end them; without: nobody tells anybody',
  cluster,
  async run(trial) {
    const env = without(trial, 'deadlines');
    const { edge, leaf } = await startChain(trial, { all: env, edge: { EDGE_BUDGET_MS: String(BUDGET_MS) } });
    trial.phase('healthy');
    await proveHealthy(edge);

    trial.phase('fault');
    leaf.setWork(2 * BUDGET_MS);
    const load = steadily(20, askEdge(edge));
    const until = performance.now() + 3_000;
    let oldest = 0;
    // The control: how much longer than it should all takes at these processes that waits for nothing.
    let late = 0;
    while (performance.now() < until) {
      const from = performance.now();
      const [{ alive }] = await Promise.all([leaf.ledger(), edge.ledger(), sleep(20)]);
      oldest = Math.max(oldest, ...alive);
      late = Math.max(late, performance.now() - from - 20);
    }
    const outcomes = await load.stop();
    leaf.setWork(0);
    const slowest = Math.max(...outcomes.map(({ ms }) => ms));
    return [
      atMost('requests not answered 504', outcomes.length - count(outcomes, '504'), 0),
      atMost('slowest answer, less the control', slowest - late, BUDGET_MS + 50, 'ms'),
      atMost('oldest work alive, less the control', oldest - late, BUDGET_MS + 100, 'ms'),
      atMost('work after the end, by its own metric', await leaf.metric('hotpath_work_after_end'), 0),
    ];
  },
};
