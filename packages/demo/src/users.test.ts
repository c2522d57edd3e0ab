import { expect, test } from 'vitest';
import { userCount, users } from './users.ts';

const all = users();

test('has 1,000 users with unique ids and lower-case addresses', () => {
  expect(all.map(({ userId }) => userId)).toEqual(Array.from({ length: userCount }, (_, i) => BigInt(i + 1)));
  expect(new Set(all.map(({ email }) => email)).size).toBe(userCount);
  for (const { email } of all) expect(email).toBe(email.toLowerCase());
  expect(users()).toEqual(all);
});

test('begins with the four demo accounts, the only ones that can sign in', () => {
  expect(
    all.filter(({ canSignIn }) => canSignIn).map(({ email, segment, role }) => [email, segment, role]),
  ).toEqual([
    ['standard@demo.test', 'standard', 'customer'],
    ['vip@demo.test', 'vip', 'customer'],
    ['wholesale@demo.test', 'wholesale', 'customer'],
    ['merchant@demo.test', 'standard', 'merchant'],
  ]);
});

test('most are standard, some vip, few wholesale', () => {
  const share = (segment: string) => all.filter((user) => user.segment === segment).length / userCount;
  expect(share('standard')).toBeCloseTo(0.8, 1);
  expect(share('vip')).toBeCloseTo(0.15, 1);
  expect(share('wholesale')).toBeCloseTo(0.05, 1);
});
