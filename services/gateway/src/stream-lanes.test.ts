import { expect, test } from 'vitest';
import { createStreamLanes } from './stream-lanes.ts';

test('streams share a connection up to 800, and room that is given back is used again', () => {
  let connections = 0;
  const lanes = createStreamLanes(() => {
    connections++;
    return { number: connections } as never;
  });
  const taken = Array.from({ length: 1600 }, () => lanes.take());
  expect(connections).toBe(2);
  expect(taken[799]?.pricing).toEqual({ number: 1 });
  expect(taken[800]?.pricing).toEqual({ number: 2 });
  taken[5]?.release();
  expect(lanes.take().pricing).toEqual({ number: 1 });
  lanes.take();
  expect(connections).toBe(3);
});
