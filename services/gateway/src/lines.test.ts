import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BodyLine, readLines } from './lines.ts';

async function* chunks(...parts: (string | Buffer)[]) {
  for (const part of parts) yield Buffer.from(part);
}

async function lines(...parts: (string | Buffer)[]) {
  const found: BodyLine[] = [];
  for await (const some of readLines(chunks(...parts))) found.push(...some);
  return found;
}

test('lines are numbered as in the file, blank ones left out, the last needs no end', async () => {
  expect(await lines('one\n\n  \r\nfour\n', 'five')).toEqual([
    { line: 1, text: 'one' },
    { line: 4, text: 'four' },
    { line: 5, text: 'five' },
  ]);
});

test('wherever the body is cut, its lines are the same', async () => {
  const body = Buffer.from('{"a":1}\nzwei → ∞\n\nvier\n');
  const whole = await lines(body);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(body.length)), async (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), body.length];
      const parts = at.slice(1).map((to, i) => body.subarray(at[i], to));
      expect(await lines(...parts)).toEqual(whole);
    }),
  );
});

test('a line that is too long or no UTF-8 is reported, and those after it are read', async () => {
  const long = 'x'.repeat(16 * 1024 + 1);
  expect(
    await lines(`${long}\n`, Buffer.from([0xff, 10]), 'three\n', ...Array(20).fill('y'.repeat(1024))),
  ).toEqual([
    { line: 1, error: 'the line is longer than 16384 bytes' },
    { line: 2, error: 'the line is no UTF-8' },
    { line: 3, text: 'three' },
    { line: 4, error: 'the line is longer than 16384 bytes' },
  ]);
  expect(await lines('x'.repeat(16 * 1024))).toEqual([{ line: 1, text: 'x'.repeat(16 * 1024) }]);
});
