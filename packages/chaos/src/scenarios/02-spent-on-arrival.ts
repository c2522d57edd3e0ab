import { connect } from 'node:http2';
import { without } from '../chain.ts';
import { rawWork } from '../raw-work.ts';
import { atMost, type Scenario } from '../scenario.ts';

const CALLS = 200;

/** Nobody waits for what arrives too late. */
export const spentOnArrival: Scenario = {
  number: 2,
  name: 'calls arrive with no time left',
  where: ['local'],
  given: 'one process',
  load: `${CALLS} calls`,
  fault: 'grpc-timeout is 0',
  holds: 'no handler starts; each call ends by DEADLINE_EXCEEDED',
  defence: 'the time left is looked at before the handler starts; without: grpc-js starts it',
  async run(trial) {
    const leaf = await trial.start('node', without(trial, 'deadlines'));
    const session = connect(`http://${leaf.address}`);
    trial.onClose(() => session.destroy());
    const healthy = await rawWork(session, { 'grpc-timeout': '5S' });
    if (healthy !== '0') throw new Error(`a call with time left ends by ${healthy}`);

    const calls = Array.from({ length: CALLS }, (_, number) =>
      rawWork(session, { 'grpc-timeout': number % 2 === 0 ? '0m' : '0S' }),
    );
    const codes = await Promise.all(calls);
    const { started } = await leaf.ledger();
    return [
      atMost('handlers started', started - 1, 0),
      atMost('calls that end otherwise', codes.filter((code) => code !== '4').length, 0),
    ];
  },
};
