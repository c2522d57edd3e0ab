import { setTimeout as sleep } from 'node:timers/promises';
import { codeName, createClient, openChannel, probeHealth, RpcError } from '@hotpath/rpc';
import { without } from '../chain.ts';
import { Chain } from '../generated/index.ts';
import { count, type Outcome, sendFor, steadily } from '../load.ts';
import { atLeast, atMost, type Scenario } from '../scenario.ts';

const POOL = 4;
const SERVICE_MS = 40;
const CAPACITY = (POOL * 1000) / SERVICE_MS;
const PHASE_MS = 4_000;
const ROUNDS = 3;

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

    const refusals: Outcome[] = [];
    /** Answers in time per second under a multiple of the capacity. */
    const goodput = async (times: number) => {
      const outcomes = await sendFor(PHASE_MS, CAPACITY * times, work);
      refusals.push(...outcomes.filter(({ result }) => result === 'RESOURCE_EXHAUSTED'));
      return (count(outcomes, 'OK') * 1000) / PHASE_MS;
    };
    // The best of some tries: a machine that is busy elsewhere spoils one of them, a system that collapses all.
    const best = { 1: 0, 2: 0, 5: 0 };
    const probes = steadily(10, () => probeHealth(server.address));
    for (let round = 0; round < ROUNDS; round++) {
      for (const times of [1, 2, 5] as const) {
        trial.phase(times === 1 ? 'healed' : 'fault');
        best[times] = Math.max(best[times], await goodput(times));
      }
    }
    const health = await probes.stop();
    await sleep(500);
    const peak = Math.max(...Object.values(best));

    const refused = {
      rpc_method: 'hotpath.chaos.Chain/Work',
      rpc_response_status_code: 'RESOURCE_EXHAUSTED',
    };
    const name = 'rpc_server_call_duration_seconds';
    const counted = await server.metric(`${name}_count`, refused);
    const quick = await server.metric(`${name}_bucket`, { ...refused, le: '0.01' });
    return [
      atLeast('goodput at 2x', (best[2] / peak) * 100, 90, '% of peak'),
      atLeast('goodput at 5x', (best[5] / peak) * 100, 90, '% of peak'),
      atLeast('peak', peak, CAPACITY * 0.9, 'calls/s'),
      // Of all some take longer, since a machine that is busy elsewhere may stop any process for 10 ms.
      // The control: what the same process answers at once, even on a connection that is made for it.
      atMost('refused after, by the clients, less the control', median(refusals) - median(health), 10, 'ms'),
      atLeast('refused within 10 ms, by the server', (quick / counted) * 100, 99, `% of ${counted}`),
      // It refuses more than they hear of: some have given up by then.
      atMost('refusals that the server does not know of', Math.max(0, refusals.length - counted), 0),
      atMost('health checks not SERVING', health.length - count(health, 'SERVING'), 0, `of ${health.length}`),
    ];
  },
};

/** How long the half of them took at most, ms; for ever where there are none. */
function median(outcomes: readonly Outcome[]): number {
  const times = outcomes.map(({ ms }) => ms).sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? Number.POSITIVE_INFINITY;
}
