import { openLoop, quantile, warmUp } from '../load.ts';
import { peerOf, sideBySide } from '../peers/index.ts';
import { workloads } from './pair.ts';
import type { Suite } from './suite.ts';

/** Calls per second; the article's trouble began at 200. */
const rates = [200, 1000, 3000] as const;
/** A 99.9th percentile needs thousands of calls, so it runs longer than others. */
const LONGER = 3;

/** How long calls take that come when they come. */
export const open: Suite = {
  about: 'How long one price takes when calls come at a fixed rate, counted from when each was due.',
  samples: 3,
  async open() {
    const trials = rates.flatMap((rate) =>
      sideBySide.map((peer) => ({ case: `${rate} calls/s`, peer, server: { delayMs: 0 }, args: { rate } })),
    );
    return { trials };
  },
  async job({ peer, address, args, pace }) {
    const shop = await (await peerOf(peer)).connect(address);
    const call = workloads['one price']?.(shop);
    if (!call) throw new Error('there is no workload of one price');
    const perSecond = Number(args.rate);
    // First hard, so that code is compiled, then as it will be measured, so that connections are as they will be.
    await warmUp(call, 16, pace.warmUpMs);
    await openLoop(call, { perSecond, ms: pace.warmUpMs / 3 });
    const { latenciesMs, failed } = await openLoop(call, { perSecond, ms: LONGER * pace.measuredMs });
    const mean = latenciesMs.reduce((sum, ms) => sum + ms, 0) / latenciesMs.length;
    return {
      mean: { unit: 'ms', value: mean },
      p50: { unit: 'ms', value: quantile(latenciesMs, 0.5) },
      p99: { unit: 'ms', value: quantile(latenciesMs, 0.99) },
      'p99.9': { unit: 'ms', value: quantile(latenciesMs, 0.999) },
      failed: { unit: '%', value: (100 * failed) / latenciesMs.length },
    };
  },
};
