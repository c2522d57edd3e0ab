import { expect, test } from 'vitest';
import { checkCurrency, checkId, checkProductId, checkRequestId, checkText, checkUuid } from './checks.ts';
import { Code } from './code.ts';

/** A refusal that names the field. */
const refusal = (field: string) =>
  expect.objectContaining({ code: Code.INVALID_ARGUMENT, message: expect.stringContaining(field) });

test('ids are exact up to 2^63 - 1 and start at 1', () => {
  for (const id of [1n, 2n ** 53n + 1n, 2n ** 63n - 1n]) expect(checkProductId(id)).toBe(id);
  for (const id of [0n, -1n, -(2n ** 63n)]) expect(() => checkProductId(id)).toThrow(refusal('product_id'));
});

test('0 passes only where it means nobody', () => {
  expect(checkId('user_id', 0n, 0n)).toBe(0n);
  expect(() => checkId('user_id', 0n)).toThrow(refusal('user_id'));
  expect(() => checkId('user_id', -1n, 0n)).toThrow(refusal('user_id'));
});

test('a currency is one of five, upper case, and empty means INR', () => {
  expect(checkCurrency('')).toBe('INR');
  expect(checkCurrency('JPY')).toBe('JPY');
  for (const code of ['inr', 'XXX', 'toString', '__proto__', 'I'.repeat(10_000)]) {
    expect(() => checkCurrency(code)).toThrow(refusal('currency'));
  }
});

test('a refused currency does not come back in the message, however long it was', () => {
  expect(() => checkCurrency('x'.repeat(10_000))).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('xxx') }),
  );
});

test('text is bounded and never carries NUL', () => {
  expect(checkText('name', 'a', 1, 3)).toBe('a');
  expect(checkText('name', '', 0, 3)).toBe('');
  for (const text of ['', 'abcd', 'a\0'])
    expect(() => checkText('name', text, 1, 3)).toThrow(refusal('name'));
});

test('a request id has 1 to 200 characters', () => {
  expect(checkRequestId('r'.repeat(200))).toHaveLength(200);
  for (const id of ['', 'r'.repeat(201), 'r\0'])
    expect(() => checkRequestId(id)).toThrow(refusal('request_id'));
});

test('a UUID comes back in lower case and anything else is refused', () => {
  expect(checkUuid('sale_id', '0B8A6C1E-55D0-4F6E-9C3E-2F1F0A7D9B10')).toBe(
    '0b8a6c1e-55d0-4f6e-9c3e-2f1f0a7d9b10',
  );
  for (const id of ['', '1', "'; drop table sales", '0b8a6c1e55d04f6e9c3e2f1f0a7d9b10']) {
    expect(() => checkUuid('sale_id', id)).toThrow(refusal('sale_id'));
  }
});
