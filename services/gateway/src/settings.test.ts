import { expect, test } from 'vitest';
import { z } from 'zod';
import { settings } from './settings.ts';

const parse = (given: Record<string, string>) => z.object(settings).safeParse(given);

test('nobody in front is trusted unless told', () => {
  expect(parse({}).data?.TRUST_PROXY).toBeUndefined();
});

test.each([
  ['1', 1],
  ['10.0.0.0/8, loopback', ['10.0.0.0/8', 'loopback']],
  ['fd00::/8', ['fd00::/8']],
])('TRUST_PROXY=%s', (text, value) => {
  expect(parse({ TRUST_PROXY: text }).data?.TRUST_PROXY).toEqual(value);
});

test.each([
  ['TRUST_PROXY', 'true'],
  ['TRUST_PROXY', '10.0.0.0/64'],
  ['TRUST_PROXY', 'proxy.example'],
  ['PRICING_ADDRESS', 'pricing'],
  ['RATE_LIMIT_PER_MINUTE', '0'],
  ['MAX_STREAMS', 'many'],
])('%s=%s is refused', (name, value) => {
  const { error } = parse({ [name]: value });
  expect(error?.issues.map(({ path }) => path[0])).toEqual([name]);
});
