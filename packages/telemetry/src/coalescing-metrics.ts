import { arrayHistogram } from './array-histogram.ts';
import { registerDrained } from './drained.ts';

/** How many look-ups each batch has answered. */
export const coalesced = arrayHistogram([1, 2, 5, 10, 20, 50, 100, 200, 500]);

const name = 'hotpath_coalesced_batch_size';
registerDrained({
  name,
  type: 'histogram',
  help: 'Look-ups that one batch has answered; its sum less its count is the calls that were saved',
  values: () => coalesced.values(name, {}),
});
