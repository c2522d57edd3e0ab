import { quantile } from '../load.ts';
import { WATCHED, watchServers } from '../peers/watch.ts';
import { openChanges, openWatchers } from '../watchers.ts';
import type { Suite } from './suite.ts';

const counts = [10, 100, 1000, 5000] as const;
/** Changes of the price whose way to all watchers is measured. */
const CHANGES = 100;

/** How long a change takes to reach them all, and what a watcher costs the server. */
export const watch = {
  about: 'Watchers of one price on one process: from its change to the last of them, and what each costs.',
  async open({ quick }) {
    const trials = counts
      .filter((watchers) => !quick || watchers <= 1000)
      .flatMap((watchers) =>
        Object.keys(watchServers).map((peer) => ({
          case: `${watchers} watchers`,
          peer,
          server: { delayMs: 0 },
          args: { watchers },
        })),
      );
    return { trials };
  },
  async serve(peer) {
    const serve = watchServers[peer];
    if (!serve) throw new Error(`there is no server of watches ${JSON.stringify(peer)}`);
    return serve();
  },
  async job({ address, args, pace, serverUsage }) {
    const count = Number(args.watchers);
    const change = openChanges(address, WATCHED);
    const changes = pace.quick ? CHANGES / 20 : CHANGES;

    const first = openWatchers(address, WATCHED);
    await first.open(10);
    for (let number = 0; number < changes; number++) await change(first);
    first.close();

    const watchers = openWatchers(address, WATCHED);
    const empty = await serverUsage(true);
    await watchers.open(count);
    const open = await serverUsage(true);
    const latencies: number[] = [];
    const before = await serverUsage();
    for (let number = 0; number < changes; number++) latencies.push(await change(watchers));
    const after = await serverUsage();
    return {
      p50: { unit: 'ms', value: quantile(latencies, 0.5) },
      p99: { unit: 'ms', value: quantile(latencies, 0.99) },
      'server CPU': { unit: 'us/update', value: (after.cpuUs - before.cpuUs) / changes / count },
      // Not of the resident size, of which the embedded database frees and takes more than some watchers need.
      memory: { unit: 'KB/watcher', value: (open.heldBytes - empty.heldBytes) / count / 1000 },
    };
  },
} satisfies Suite;
