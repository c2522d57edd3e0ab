import { candidates } from '../codec/candidates.ts';
import { measure } from '../codec/measure.ts';
import type { Suite } from './suite.ts';

/** Codecs alone: no connection, one process. */
export const codec: Suite = {
  about: 'Codecs alone: CPU time from the objects that users hold to bytes and back.',
  async open() {
    return { trials: Object.keys(candidates).map((peer) => ({ case: 'codec', peer })) };
  },
  async job({ peer, pace }) {
    const figures = await measure(peer, pace);
    return Object.fromEntries(
      Object.entries(figures).map(([operation, value]) => [operation, { unit: 'ns', value }]),
    );
  },
};
