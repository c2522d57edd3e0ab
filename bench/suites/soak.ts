import { setTimeout as sleep } from 'node:timers/promises';
import { hotpath, WATCHED } from '../peers/watch.ts';
import { openChanges, openWatchers } from '../watchers.ts';
import type { Figures, Suite } from './suite.ts';

const WATCHERS = 5000;
const MINUTES = 10;
/** Longer than that, so that none ends meanwhile: in the shop a stream lives for about ten minutes. */
const STREAM_AGE = '3600s';
/** Of which the first is not looked at: until then code is compiled and buffers grow. */
const SETTLED = 1;

/** Whether a server's memory stays as it is. */
export const soak: Suite = {
  about: `Memory of a process with ${WATCHERS} watchers and a change each second, over ${MINUTES} minutes.`,
  samples: 1,
  async open() {
    return {
      trials: [
        { case: `${WATCHERS} watchers, a change each second`, peer: 'hotpath', server: { delayMs: 0 } },
      ],
    };
  },
  serve: () => hotpath(STREAM_AGE),
  async job({ address, pace, serverUsage }): Promise<Figures> {
    const changePrice = openChanges(address, WATCHED);
    const watchers = openWatchers(address, WATCHED);
    await watchers.open(pace.quick ? WATCHERS / 20 : WATCHERS);
    const changes = pace.quick ? 10 : MINUTES * 60;
    const held: [minute: number, mb: number][] = [];
    const startedAt = performance.now();
    for (let change = 1; change <= changes; change++) {
      await changePrice(watchers);
      const minute = (performance.now() - startedAt) / 60_000;
      if (change % 20 === 0 || pace.quick) held.push([minute, (await serverUsage(true)).heldBytes / 1e6]);
      const pauseMs = change * 1000 - (performance.now() - startedAt);
      if (!pace.quick) await sleep(Math.max(0, pauseMs));
    }
    const settled = pace.quick ? held : held.filter(([minute]) => minute >= SETTLED);
    const sizes = settled.map(([, mb]) => mb);
    return {
      least: { unit: 'MB', value: Math.min(...sizes) },
      most: { unit: 'MB', value: Math.max(...sizes) },
      growth: { unit: 'KB/min', value: 1000 * slope(settled) },
    };
  },
};

/** What y grows by for each x, by least squares. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x0, y0] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const sum = (of: (dx: number, dy: number) => number) =>
    points.reduce((all, [x, y]) => all + of(x - x0, y - y0), 0);
  return sum((dx, dy) => dx * dy) / sum((dx) => dx * dx);
}
