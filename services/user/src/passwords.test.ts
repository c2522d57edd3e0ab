import { scryptSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './passwords.ts';

test('a password fits its own hash only, and no two hashes are alike', async () => {
  const [one, other] = await Promise.all([hashPassword('hotpath'), hashPassword('hotpath')]);
  expect(one).not.toBe(other);
  expect(await verifyPassword('hotpath', one)).toBe(true);
  expect(await verifyPassword('hotpath ', one)).toBe(false);
  expect(await verifyPassword('', one)).toBe(false);
});

test('a hash carries its own cost, so that raising the cost locks nobody out', async () => {
  const salt = Buffer.from('0123456789abcdef');
  const key = scryptSync('old', salt, 32, { N: 2 ** 10, r: 8, p: 1 });
  const hash = `$scrypt$ln=10,r=8,p=1$${salt.toString('base64')}$${key.toString('base64')}`;
  expect(await verifyPassword('old', hash)).toBe(true);
  expect(await verifyPassword('new', hash)).toBe(false);
});

test('without a hash it says no and takes as long', async () => {
  const hash = await hashPassword('hotpath');
  const timed = async (stored: string | null | undefined) => {
    // Of CPU: what else the machine does is none of it.
    const start = process.cpuUsage();
    const fits = await verifyPassword('wrong', stored);
    const { user, system } = process.cpuUsage(start);
    return { fits, ms: (user + system) / 1000 };
  };
  const fastest = async (stored: string | null | undefined) => {
    const runs = [await timed(stored), await timed(stored), await timed(stored)];
    expect(runs.map(({ fits }) => fits)).toEqual([false, false, false]);
    return Math.min(...runs.map(({ ms }) => ms));
  };
  const known = await fastest(hash);
  // Far apart would be a hash not computed at all; the tenths between two runs are noise.
  for (const stored of [null, undefined]) expect(await fastest(stored)).toBeGreaterThan(known / 2);
});

test('a malformed stored hash is an error, not a refusal', async () => {
  await expect(verifyPassword('x', 'plain')).rejects.toThrow('stored password hash');
});
