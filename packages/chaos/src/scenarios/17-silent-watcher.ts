import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, codeName, createClient, openChannel, type RpcError } from '@hotpath/rpc';
import { without } from '../chain.ts';
import { Chain } from '../generated/index.ts';
import { atMost, type Scenario } from '../scenario.ts';
import type { Running, Trial } from '../trial.ts';

const WATCHERS = 5;
const TICKS = { perSecond: 150, bytes: 10_000 };
const MB = 1024 * 1024;

/** One who does not read must not cost the process its memory, nor the others their ticks. */
export const silentWatcher: Scenario = {
  number: 17,
  name: 'a watcher stops reading',
  where: ['local'],
  given: `one process; ${WATCHERS} watchers get ${TICKS.perSecond} ticks/s of ${TICKS.bytes / 1000} KB`,
  load: 'one more watcher',
  fault: 'it reads one tick and then no more',
  holds: 'memory grows by at most 20 MB; its stream ends by RESOURCE_EXHAUSTED; the others miss nothing',
  defence: 'a stream whose reader takes nothing for 5 s is reset; without: it waits, and all behind it',
  async run(trial) {
    const server = await trial.start('node', without(trial, 'slow-readers'));
    const others = Array.from({ length: WATCHERS }, () => watch(trial, server));
    trial.phase('healthy');
    // Until the heap has its working size; then the most that it takes between two collections while all read.
    await sleep(5_000);
    const healthy = await mostMemory(server, 5_000);

    trial.phase('fault');
    const silent = ticksOf(trial, server)[Symbol.asyncIterator]();
    await silent.next();
    const grown = (await mostMemory(server, 20_000)) - healthy;
    const end = await endOf(silent);
    for (const { leave } of others) leave();
    const seen = await Promise.all(others.map(({ seen }) => seen));
    const fewest = Math.min(...seen.map(({ ticks }) => ticks));
    return [
      atMost('memory grown', Math.round((grown / MB) * 10) / 10, 20, 'MB'),
      atMost(
        'silent watchers whose stream ends otherwise',
        end === 'RESOURCE_EXHAUSTED' ? 0 : 1,
        0,
        `(${end})`,
      ),
      atMost(
        'ticks that others missed',
        seen.reduce((sum, { missed }) => sum + missed, 0),
        0,
      ),
      atMost('others that were slowed', fewest >= 29 * TICKS.perSecond * 0.9 ? 0 : 1, 0),
    ];
  },
};

/** The most resident memory that is seen within `ms`, bytes. */
async function mostMemory(server: Running, ms: number): Promise<number> {
  let most = 0;
  for (const until = performance.now() + ms; performance.now() < until; await sleep(100)) {
    most = Math.max(most, server.memory());
  }
  return most;
}

function ticksOf(trial: Trial, server: Running, signal?: AbortSignal) {
  // A connection of its own: what waits for one watcher must not be what another waits behind.
  const channel = openChannel(server.address);
  trial.onClose(() => channel.close());
  const client: Client<typeof Chain> = createClient(Chain, channel);
  return client.watch(TICKS, { ...(signal && { signal }) });
}

/** Reads ticks until it is told to leave. */
function watch(trial: Trial, server: Running) {
  const left = new AbortController();
  const seen = (async () => {
    let ticks = 0;
    let missed = 0;
    let last = 0n;
    try {
      for await (const { sequence } of ticksOf(trial, server, left.signal)) {
        missed += Number(sequence - last) - 1;
        last = sequence;
        ticks++;
      }
    } catch (error) {
      if (!left.signal.aborted) throw error;
    }
    return { ticks, missed };
  })();
  return { seen, leave: () => left.abort() };
}

/** Reads what is still there; how the stream ends: a code, or `open` where it does not. */
async function endOf(ticks: AsyncIterator<unknown>): Promise<string> {
  const read = (async () => {
    try {
      while (!(await ticks.next()).done);
      return 'OK';
    } catch (error) {
      return codeName((error as RpcError).code);
    }
  })();
  const waited = sleep(2_000, 'open');
  const end = await Promise.race([read, waited]);
  void ticks.return?.();
  return end;
}
