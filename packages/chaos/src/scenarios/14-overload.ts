import { setTimeout as sleep } from 'node:timers/promises';
import { codeName, createClient, openChannel, RpcError } from '@hotpath/rpc';
import { without } from '../chain.ts';
import { Chain } from '../generated/index.ts';
import { askHealth } from '../health.ts';
import { count, sendFor, steadily } from '../load.ts';
import { atLeast, atMost, type Scenario } from '../scenario.ts';

const POOL = 8;
const SERVICE_MS = 40;
const CAPACITY = (POOL * 1000) / SERVICE_MS;
const PHASE_MS = 8_000;

/** More work than a process can do must not keep it from what it can. */
export const overload: Scenario = {
  number: 14,
  name: 'more calls than a process can do',
  where: ['local'],
  given: `one process that does ${POOL} calls at once, ${SERVICE_MS} ms each: ${CAPACITY}/s; a call has 400 ms`,
  load: `${CAPACITY} calls/s`,
  fault: 'twice, then five times as many',
  holds: '90 % of the peak are answered in time; what is refused, within 10 ms; health is always told',
  defence: 'an adaptive limit and a short line; without: all wait, and each is begun too late',
  async run(trial) {
    const server = await trial.start('node', {
      CHAIN_POOL: String(POOL),
      CHAIN_WORK_MS: String(SERVICE_MS),
      ...without(trial, 'shedding'),
    });
    const channel = openChannel(server.address);
    trial.onClose(() => channel.close());
    const client = createClient(Chain, channel);
    const work = (id: string) =>
      client.work({ id }).then(
        () => 'OK',
        (error) => (error instanceof RpcError ? codeName(error.code) : 'ERROR'),
      );
    trial.phase('healthy');
    const warm = await sendFor(2_000, CAPACITY / 2, work);
    if (count(warm.slice(warm.length / 2), 'OK') < warm.length * 0.4)
      throw new Error('half of its capacity fails');

    /** Answers in time per second under a multiple of the capacity. */
    const goodput = async (times: number) =>
      (count(await sendFor(PHASE_MS, CAPACITY * times, work), 'OK') * 1000) / PHASE_MS;
    const one = await goodput(1);
    trial.phase('fault');
    const two = await goodput(2);
    const probes = steadily(10, () => askHealth(server.address));
    const five = await goodput(5);
    const health = await probes.stop();
    trial.phase('healed');
    await sleep(500);
    const peak = Math.max(one, two, five);

    const refused = {
      rpc_method: 'hotpath.chaos.Chain/Work',
      rpc_response_status_code: 'RESOURCE_EXHAUSTED',
    };
    const name = 'rpc_server_call_duration_seconds';
    const refusals = await server.metric(`${name}_count`, refused);
    const quick = await server.metric(`${name}_bucket`, { ...refused, le: '0.01' });
    return [
      atLeast('goodput at 2x', (two / peak) * 100, 90, '% of peak'),
      atLeast('goodput at 5x', (five / peak) * 100, 90, '% of peak'),
      atLeast('peak', peak, CAPACITY * 0.9, 'calls/s'),
      // All but one in a thousand: a machine that is busy elsewhere may stop any process for 10 ms.
      atLeast('refused within 10 ms', (quick / refusals) * 100, 99.9, `% of ${refusals}`),
      atMost('health checks not SERVING', health.length - count(health, 'SERVING'), 0, `of ${health.length}`),
    ];
  },
};
