import { Code } from '@hotpath/rpc';
import { attemptsAt } from '../attempts.ts';
import { startChain, without } from '../chain.ts';
import { askEdge, proveHealthy } from '../edge-load.ts';
import { count, sendFor } from '../load.ts';
import { atLeast, atMost, type Scenario } from '../scenario.ts';

/** A server that has no room must not be asked again, whatever its callers are used to. */
export const refusingLeaf: Scenario = {
  number: 12,
  name: 'the leaf answers RESOURCE_EXHAUSTED to half',
  where: ['local'],
  fast: true,
  given: 'edge -> middle -> leaf; edge and middle would retry a refusal up to four times',
  load: '40 requests/s',
  fault: 'half of the calls to the leaf fail by RESOURCE_EXHAUSTED',
  holds: 'at most 1.05 attempts a request reach the leaf',
  defence: 'a refusal pushes back (grpc-retry-pushback-ms); without: it does not',
  async run(trial) {
    const env = { CHAIN_RETRIES: 'refusals', ...without(trial, 'push-back') };
    const { edge, leaf, streams } = await startChain(trial, {
      all: without(trial, 'push-back'),
      edge: env,
      middle: env,
    });
    trial.phase('healthy');
    await proveHealthy(edge);

    trial.phase('fault');
    const before = streams.opened;
    leaf.setFault({ abortCode: Code.RESOURCE_EXHAUSTED, abortPercentage: 50 });
    const outcomes = await sendFor(4_000, 40, askEdge(edge));
    const attempts = streams.opened - before;
    leaf.setFault();
    return [
      atMost('attempts per request', attempts / outcomes.length, 1.05),
      atMost(
        'attempts that the leaf counts otherwise',
        Math.abs((await attemptsAt(leaf)) - streams.opened),
        0,
      ),
      atLeast('requests refused', count(outcomes, '503'), outcomes.length / 4),
    ];
  },
};
