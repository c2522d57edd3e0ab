/** Scenarios that start nothing, for the tests of the command. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sendFor } from './load.ts';
import { atMost, type Scenario } from './scenario.ts';

const words = { given: 'nothing', load: 'none', fault: 'none', holds: 'all', defence: 'itself' };

const own: readonly Scenario[] = [
  {
    ...words,
    number: 101,
    name: 'proves something',
    where: ['local'],
    async run(trial) {
      trial.phase('healthy');
      await sendFor(200, 50, async () => '200');
      trial.phase('fault');
      await sendFor(200, 50, async () => {
        await sleep(5);
        return trial.defended ? '504' : '<500>';
      });
      return [atMost('slowest', trial.defended ? 7 : 12, 10, 'ms')];
    },
  },
  {
    ...words,
    number: 102,
    name: 'proves nothing',
    where: ['local'],
    run: () => Promise.resolve([atMost('slowest', 7, 10, 'ms')]),
  },
  {
    ...words,
    number: 103,
    name: 'is far away',
    where: ['cluster'],
    cluster: { shown: 'its one pod is deleted', run: async () => [] },
  },
  {
    ...words,
    number: 104,
    name: 'is ill before',
    where: ['local'],
    run: () => Promise.reject(new Error('it does not answer')),
  },
];

export default own;
