import { setTimeout as sleep } from 'node:timers/promises';
import { Code } from '@hotpath/rpc';
import { attemptsAt } from '../attempts.ts';
import { without } from '../chain.ts';
import { askEdge, proveHealthy } from '../edge-load.ts';
import { sendAtOnce } from '../load.ts';
import { atMost, type Scenario } from '../scenario.ts';
import { watched } from '../streams.ts';

const CALLS = 500;

/** Who has left must not be retried for. */
export const leftInBackOff: Scenario = {
  number: 13,
  name: 'callers leave while their calls wait to be retried',
  where: ['local'],
  fast: true,
  given: 'edge -> leaf; the edge retries after 2 s',
  load: `${CALLS} requests at once`,
  fault: 'the leaf answers UNAVAILABLE, and all callers hang up before the second attempt',
  holds: 'no stream is opened after that',
  defence: "a caller's leaving ends the calls made for it; without: they live on",
  async run(trial) {
    const leaf = await trial.start('node');
    const { address, streams } = await watched(trial, leaf);
    const edge = await trial.start('edge', {
      CHAIN_NEXT: address,
      CHAIN_RETRIES: 'late',
      EDGE_BUDGET_MS: '10000',
      ...without(trial, 'deadlines'),
    });
    trial.phase('healthy');
    await proveHealthy(edge);

    trial.phase('fault');
    const before = streams.opened;
    leaf.setFault({ abortCode: Code.UNAVAILABLE });
    const left = new AbortController();
    const ask = askEdge(edge, left.signal);
    const all = sendAtOnce(CALLS, (id) => ask(id).catch(() => 'left'));
    while (streams.opened < before + CALLS) await sleep(5);
    left.abort();
    await all;
    const { opened } = streams;
    await sleep(3_000);
    return [
      atMost('streams opened after all have left', streams.opened - opened, 0),
      atMost(
        'streams that the leaf counts otherwise',
        Math.abs((await attemptsAt(leaf)) - streams.opened),
        0,
      ),
    ];
  },
};
