import { check, checkAll } from '../check.ts';
import { BATCH, idOf, idsOf } from '../data.ts';
import { type Call, closedLoop, warmUp } from '../load.ts';
import { peerOf, sideBySide } from '../peers/index.ts';
import type { Shop } from '../peers/peer.ts';
import { usage } from '../usage.ts';
import type { Job, Suite } from './suite.ts';

/** Calls at any time. */
const IN_FLIGHT = 64;

/** What is called over and over, by the case's name. */
export const workloads: Readonly<Record<string, (shop: Shop) => Call>> = {
  'one price': (shop) => async (number) => {
    const id = idOf(number);
    check(await shop.price(id), id);
  },
  'batch of 50': (shop) => async (number) => {
    const ids = idsOf(number, BATCH);
    checkAll(await shop.batch(ids), ids);
  },
};

/**
 * V8 has seen a call many ten thousand times before it is what it will be for hours: figures of the first seconds are of its
 * compiler, most of all where a part of the calls goes another way, as with traces.
 */
export const WARM_UPS = 6;

/** How many calls a pair of processes does in a second, and what each costs on either side. */
export const pair: Suite = {
  about: 'Calls that one server and one client do in a second, 64 at a time, and what each costs them.',
  warmUps: WARM_UPS,
  async open() {
    const server = { delayMs: 0 };
    const trials = Object.keys(workloads).flatMap((name) =>
      sideBySide.map((peer) => ({ case: name, peer, server, args: { workload: name } })),
    );
    const coalesced = {
      case: 'one price',
      peer: 'hotpath, coalesced',
      server,
      args: { workload: 'one price' },
    };
    return { trials: [...trials, coalesced] };
  },
  job: closedLoopJob,
};

/** Calls in closed loop: calls a second, and CPU time of a call and memory of both processes. */
export async function closedLoopJob({ peer, address, args, pace, serverUsage }: Job) {
  const call = workloads[args.workload as string]?.(await (await peerOf(peer)).connect(address));
  if (!call) throw new Error(`there is no workload ${args.workload}`);
  await warmUp(call, IN_FLIGHT, pace.warmUpMs);
  const before = { client: usage(), server: await serverUsage() };
  const { latenciesMs, elapsedMs } = await closedLoop(call, { inFlight: IN_FLIGHT, ms: pace.measuredMs });
  const after = { client: usage(), server: await serverUsage() };
  const calls = latenciesMs.length;
  const cpu = (side: 'client' | 'server') => (after[side].cpuUs - before[side].cpuUs) / calls;
  const resident = (side: 'client' | 'server') => after[side].residentBytes / 1e6;
  return {
    '': { unit: 'calls/s', value: (calls * 1000) / elapsedMs },
    'client CPU': { unit: 'us/call', value: cpu('client') },
    'server CPU': { unit: 'us/call', value: cpu('server') },
    'CPU of both': { unit: 'us/call', value: cpu('client') + cpu('server') },
    'client RSS': { unit: 'MB', value: resident('client') },
    'server RSS': { unit: 'MB', value: resident('server') },
  };
}
