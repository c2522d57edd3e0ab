import { check, checkAll } from '../check.ts';
import { idsOf, PAGE } from '../data.ts';
import { type Call, closedLoop, quantile, warmUp } from '../load.ts';
import { peerOf, sideBySide } from '../peers/index.ts';
import type { Shop } from '../peers/peer.ts';
import type { Suite, Trial } from './suite.ts';

/** Pages under way when their number per second is measured. */
const IN_FLIGHT = 8;
const delaysMs = [0, 4] as const;

/** How a page gets its 47 prices. */
const ways: Readonly<Record<string, (shop: Shop) => Call>> = {
  'one by one': (shop) => async (number) => {
    for (const id of idsOf(number, PAGE)) check(await shop.price(id), id);
  },
  'all at once': (shop) => async (number) => {
    await Promise.all(idsOf(number, PAGE).map(async (id) => check(await shop.price(id), id)));
  },
  'one batch': (shop) => async (number) => {
    const ids = idsOf(number, PAGE);
    checkAll(await shop.batch(ids), ids);
  },
};

/** Peers that are 47 calls `all at once` to their users, and less than that on the wire. */
const gathering = ['hotpath, coalesced', 'hotpath, cached'];

/** How long a page of 47 prices takes, and how many of them a pair of processes does in a second. */
export const page: Suite = {
  about: 'A page of 47 prices: how long one takes, and how many are done in a second, 8 at a time.',
  samples: 3,
  async open() {
    const trials = delaysMs.flatMap((delayMs) =>
      Object.keys(ways).flatMap((way) =>
        [...sideBySide, ...(way === 'all at once' ? gathering : [])].map(
          (peer): Trial => ({
            case: `page ${way}, database ${delayMs} ms`,
            peer,
            server: { delayMs },
            args: { way },
          }),
        ),
      ),
    );
    return { trials };
  },
  async job({ peer, address, args, pace }) {
    const call = ways[args.way as string]?.(await (await peerOf(peer)).connect(address));
    if (!call) throw new Error(`there is no way ${args.way}`);
    await warmUp(call, 1, pace.warmUpMs);
    const alone = await closedLoop(call, { inFlight: 1, ms: pace.measuredMs });
    await warmUp(call, IN_FLIGHT, pace.warmUpMs / 3);
    const many = await closedLoop(call, { inFlight: IN_FLIGHT, ms: pace.measuredMs });
    return {
      p50: { unit: 'ms', value: quantile(alone.latenciesMs, 0.5) },
      p99: { unit: 'ms', value: quantile(alone.latenciesMs, 0.99) },
      '8 at a time': { unit: 'pages/s', value: (many.latenciesMs.length * 1000) / many.elapsedMs },
    };
  },
};
