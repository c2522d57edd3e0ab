import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const protos = join(root, 'protos');
const article = join(root, 'tests/contract/article');

/** What buf has to say, a finding a line; nothing where it is content. */
function buf(...args: string[]): string {
  const { stdout, stderr, error } = spawnSync(join(root, 'node_modules/.bin/buf'), args, {
    encoding: 'utf8',
  });
  if (error) throw error;
  return stdout + stderr;
}

/** A copy of the protos with one text replaced. */
function changed(from: string, to: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'protos-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  for (const file of readdirSync(protos)) {
    writeFileSync(join(copy, file), readFileSync(join(protos, file), 'utf8').replaceAll(from, to));
  }
  return copy;
}

test('the protos keep the style and comment everything', () => {
  expect(buf('lint', protos)).toBe('');
});

test('a missing comment is found', () => {
  expect(buf('lint', changed('// The product watched.', ''))).toContain(
    'Field "product_id" should have a non-empty comment',
  );
});

test("the protos break nothing of the article's", () => {
  expect(buf('breaking', protos, '--against', article)).toBe('');
});

test.each([
  ['another field number', 'string customer_segment = 3', 'string customer_segment = 30'],
  ['another field name', 'new_price', 'price_now'],
  ['another type', 'int64 sale_ends_at = 5', 'uint64 sale_ends_at = 5'],
  ['another message name', 'PriceUpdate', 'PriceState'],
  ['another RPC name', 'GetPricesBatch', 'GetPrices'],
  ['another kind of RPC', 'returns (stream PriceUpdate)', 'returns (PriceUpdate)'],
  ['another package', 'package ecommerce', 'package shop'],
])('%s is found to break it', (_, from, to) => {
  expect(buf('breaking', changed(from, to), '--against', article)).toMatch(/Previously present|changed/);
});
