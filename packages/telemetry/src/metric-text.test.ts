import { expect, test } from 'vitest';
import { samplesOf, sumOf } from './metric-text.ts';

const text = `# HELP calls Calls
# TYPE calls counter
calls{peer="a",odd="x\\"} y, z=\\"1\\""} 3
calls{peer="b"} 4.5
calls_total 7
plain 1e+3
`;

test('series are told by the whole name, with their labels', () => {
  expect(samplesOf(text, 'calls').map(({ labels: { peer }, value }) => [peer, value])).toEqual([
    ['a', 3],
    ['b', 4.5],
  ]);
  expect(samplesOf(text, 'plain')).toEqual([{ labels: {}, value: 1000 }]);
});

test('a sum tells a metric that is not there from one that is 0', () => {
  expect(sumOf(text, 'calls')).toBe(7.5);
  expect(sumOf(text, 'nothing')).toBeUndefined();
  expect(sumOf(text, 'calls', { peer: 'b' })).toBe(4.5);
  expect(sumOf(text, 'calls', { peer: 'c' })).toBeUndefined();
});
