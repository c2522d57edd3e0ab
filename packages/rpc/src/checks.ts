import { type Currency, isCurrency } from '@hotpath/contracts';
import { invalidArgument } from './errors.ts';

/**
 * Checks of request fields that more than one service needs. Each returns the checked value or throws
 * INVALID_ARGUMENT naming the field as the .proto spells it.
 */

/**
 * Checks an int64 id. Only its lower end can be wrong: the wire carries nothing above 2^63 - 1.
 * @param field the field's name in the .proto
 * @param least 1, or 0 where the contract gives 0 a meaning ("nobody")
 */
export function checkId(field: string, id: bigint, least: 0n | 1n = 1n): bigint {
  if (id < least) throw invalidArgument(field, `must be from ${least} to 9223372036854775807, not ${id}`);
  return id;
}

/** Checks a `product_id`: from 1 to 2^63 - 1. */
export function checkProductId(id: bigint): bigint {
  return checkId('product_id', id);
}

/** Checks a currency code. Empty means INR; codes are upper case. */
export function checkCurrency(code: string, field = 'currency'): Currency {
  if (code === '') return 'INR';
  if (!isCurrency(code)) throw invalidArgument(field, 'must be INR, USD, EUR, GBP or JPY');
  return code;
}

/**
 * Checks a string that goes to the database. NUL is refused because Postgres cannot store it in text.
 * @param most the greatest length, in UTF-16 units
 */
export function checkText(field: string, text: string, least: number, most: number): string {
  if (text.length < least || text.length > most) {
    throw invalidArgument(field, `must have from ${least} to ${most} characters, not ${text.length}`);
  }
  if (text.includes('\0')) throw invalidArgument(field, 'must not contain the character NUL');
  return text;
}

/** Checks the `request_id` that makes a write repeatable: 1 to 200 characters. */
export function checkRequestId(id: string): string {
  return checkText('request_id', id, 1, 200);
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Checks an id that is a UUID (RFC 9562), in its usual form of 36 characters. Returns it in lower case. */
export function checkUuid(field: string, id: string): string {
  if (!uuid.test(id))
    throw invalidArgument(field, 'must be a UUID such as 0b8a6c1e-55d0-4f6e-9c3e-2f1f0a7d9b10');
  return id.toLowerCase();
}
