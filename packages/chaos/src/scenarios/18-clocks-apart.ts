import { descent } from '../budgets.ts';
import { startChain } from '../chain.ts';
import { askEdge, proveHealthy } from '../edge-load.ts';
import { count, sendFor } from '../load.ts';
import { atLeast, atMost, type Scenario } from '../scenario.ts';

const MINUTES_5 = 5 * 60_000;

/** Deadlines must not depend on clocks that agree. */
export const clocksApart: Scenario = {
  number: 18,
  name: 'clocks five minutes apart',
  where: ['local'],
  fast: true,
  given: 'edge -> middle -> leaf; middle and leaf each take 50 ms of the 300',
  load: '20 requests/s',
  fault: "the middle's clock is five minutes slow, the leaf's five minutes fast",
  holds: 'every request succeeds, and no call has more time left than the one it is made for',
  defence: 'what travels is the time that is left; without: the instant by which it must be done',
  async run(trial) {
    const chain = await startChain(trial, {
      all: { CHAIN_DEADLINES: trial.defended ? 'left' : 'instant' },
      middle: { CLOCK_OFFSET_MS: String(-MINUTES_5) },
      leaf: { CLOCK_OFFSET_MS: String(MINUTES_5) },
    });
    trial.phase('healthy');
    await proveHealthy(chain.edge);

    trial.phase('fault');
    chain.middle.setWork(50);
    chain.leaf.setWork(50);
    const outcomes = await sendFor(2_000, 20, askEdge(chain.edge));
    const { hops, mostGainedMs, mostLostMs } = await descent(chain);
    return [
      atMost("a child's time left beyond its parent's", mostGainedMs, 0, 'ms'),
      atMost('time lost between the two', mostLostMs, 100, 'ms'),
      atMost('requests that failed', outcomes.length - count(outcomes, '200'), 0),
      atLeast('hops compared', hops, 60),
    ];
  },
};
