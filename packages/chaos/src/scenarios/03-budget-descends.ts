import { descent } from '../budgets.ts';
import { startChain, without } from '../chain.ts';
import { budgetDescends as cluster } from '../cluster/budget-descends.ts';
import { askEdge, proveHealthy } from '../edge-load.ts';
import { sendFor } from '../load.ts';
import { atLeast, atMost, type Scenario } from '../scenario.ts';

const BUDGET_MS = 300;

/** A budget is spent once, not anew at every hop. */
export const budgetDescends: Scenario = {
  number: 3,
  name: 'every hop of the chain is slow',
  where: ['local', 'cluster'],
  fast: true,
  given: `edge -> middle -> leaf; the edge has ${BUDGET_MS} ms, and each hop 400 ms of its own`,
  load: '20 requests/s',
  fault: 'middle and leaf each take 120 ms',
  holds: 'no call ever has more time left than the one it is made for',
  defence: "a child's deadline is bounded by its parent's; without: each call has as long as it likes",
  cluster,
  async run(trial) {
    const chain = await startChain(trial, {
      all: without(trial, 'deadlines'),
      edge: { EDGE_BUDGET_MS: String(BUDGET_MS) },
    });
    trial.phase('healthy');
    await proveHealthy(chain.edge);

    trial.phase('fault');
    chain.middle.setWork(120);
    chain.leaf.setWork(120);
    await sendFor(2_000, 20, askEdge(chain.edge));
    const { hops, mostGainedMs, mostLeftMs } = await descent(chain);
    return [
      atMost("a child's time left beyond its parent's", mostGainedMs, 0, 'ms'),
      atMost('most time left anywhere', mostLeftMs, BUDGET_MS, 'ms'),
      atLeast('hops compared', hops, 60),
    ];
  },
};
