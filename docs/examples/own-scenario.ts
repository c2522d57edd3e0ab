import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, type Scenario, startTcpProxy, steadily } from '@hotpath/chaos';

const scenario: Scenario = {
  number: 1,
  name: 'the backend falls silent',
  where: ['local'],
  given: 'greeter -> TCP proxy -> its backend',
  load: '20 requests/s',
  fault: 'no byte passes between them any more, and nobody is told',
  holds: 'every request is answered within 500 ms',
  defence: "the greeter's timeout of 200 ms; without: it waits for as long as it takes",
  async run(trial) {
    const greeter = [process.execPath, 'docs/examples/greeter.ts'] as const;
    const backend = await trial.spawn(greeter, { TIMEOUT_MS: '200' });
    const proxy = await startTcpProxy(backend.address);
    trial.onClose(() => proxy.close());
    const TIMEOUT_MS = trial.defended ? '200' : '60000';
    const { address } = await trial.spawn(greeter, { BACKEND: proxy.address, TIMEOUT_MS });
    const ask = async () => String((await fetch(`http://${address}`)).status);
    if ((await ask()) !== '200') throw new Error('it does not answer before anything is done to it');

    trial.phase('fault');
    const heal = proxy.add({ type: 'timeout' });
    const load = steadily(20, ask);
    await sleep(1_500);
    heal();
    const outcomes = await load.stop();
    return [atMost('slowest answer', Math.max(...outcomes.map(({ ms }) => ms)), 500, 'ms')];
  },
};

export default scenario;
