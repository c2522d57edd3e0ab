import { connect } from 'node:http2';
import { without } from '../chain.ts';
import { count, sendAtOnce } from '../load.ts';
import { rawWork } from '../raw-work.ts';
import { atMost, type Scenario } from '../scenario.ts';

const CALLS = 200;

/** Nobody waits for what arrives too late. */
export const spentOnArrival: Scenario = {
  number: 2,
  name: 'calls arrive with no time left',
  where: ['local'],
  fast: true,
  given: 'one process',
  load: `${CALLS} calls`,
  fault: 'grpc-timeout is 0',
  holds: 'no handler starts; each call ends by DEADLINE_EXCEEDED',
  defence: 'the time left is looked at before the handler starts; without: grpc-js starts it',
  async run(trial) {
    const leaf = await trial.start('node', without(trial, 'deadlines'));
    const session = connect(`http://${leaf.address}`);
    trial.onClose(() => session.destroy());
    trial.phase('healthy');
    const healthy = await rawWork(session, { 'grpc-timeout': '5S' });
    if (healthy !== '0') throw new Error(`a call with time left ends by ${healthy}`);

    trial.phase('fault');
    const calls = await sendAtOnce(CALLS, (id) =>
      rawWork(session, { 'grpc-timeout': Number(id.split('-')[1]) % 2 === 0 ? '0m' : '0S' }),
    );
    const { started } = await leaf.ledger();
    return [
      atMost('handlers started', started - 1, 0),
      atMost('calls that end otherwise', CALLS - count(calls, '4'), 0),
    ];
  },
};
