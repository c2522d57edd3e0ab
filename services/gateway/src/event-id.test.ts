import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatEventId, parseEventId } from './event-id.ts';

test.each([
  ['105', [105n]],
  ['105', [105n, 105n]],
  ['105-0.3', [105n, 102n]],
  ['9-2.n.0', [7n, undefined, 9n]],
])('%s is written and read', (id, positions) => {
  expect(formatEventId(positions)).toBe(id);
  expect(parseEventId(id, positions.length)).toEqual(positions);
});

test('whatever the positions, their id reads back as they are', () => {
  const position = fc.option(fc.bigInt(0n, 2n ** 63n - 1n), { nil: undefined });
  fc.assert(
    fc.property(fc.array(position, { minLength: 1, maxLength: 100 }), (positions) => {
      fc.pre(positions.some((one) => one !== undefined));
      expect(parseEventId(formatEventId(positions), positions.length)).toEqual(positions);
    }),
  );
});

test('one number says that all products are there', () => {
  expect(parseEventId('42', 3)).toEqual([42n, 42n, 42n]);
});

test.each([undefined, '', 'x', '-1', '1.5', '1-', '1-0', '1-0.1', '5-0.6.0', '1-0.n.x', '9'.repeat(20)])(
  '%j is no id of a stream of three products',
  (id) => {
    expect(parseEventId(id, 3)).toBeUndefined();
  },
);
