import { type Currency, currencies, toMinor } from '@hotpath/contracts';
import { z } from 'zod';

const maxInt64 = 2n ** 63n - 1n;

/** A decimal id in JSON or a URL ("42"), up to 2^63 - 1. */
export const productIdText = z
  .string()
  .regex(/^[1-9][0-9]{0,18}$/, {
    error: 'must be a decimal number from 1 to 9223372036854775807',
    // BigInt would throw
    abort: true,
  })
  .refine((digits) => BigInt(digits) <= maxInt64, 'must be at most 9223372036854775807');

/** A product's id, read as bigint, so that no digit is lost. */
export const productId = productIdText
  .transform(BigInt)
  .describe('A product, from "1" to "9223372036854775807".');

/** A product's id in an answer. */
export const productIdOut = z.string().describe('The product.');

/** A UUID, as sales and reservations have. */
export const uuid = z
  .string()
  .regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, 'must be a UUID');

/** A whole number in a query or a header. */
export const integerText = (least: number, most: number) =>
  z.preprocess(
    (given) => (typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : given),
    z
      .int(`must be a whole number from ${least} to ${most}`)
      .min(least, `must be at least ${least}`)
      .max(most, `must be at most ${most}`),
  );

/** A text of `least` to `most` characters that a database and protobuf can keep: no NUL, no lone surrogates. */
export const text = (least: number, most: number) =>
  z
    .string()
    .min(least, `must have at least ${least} characters`)
    .max(most, `must have at most ${most} characters`)
    .refine(
      (given) => !given.includes('\0') && given.isWellFormed(),
      'must be text: no NUL, no lone surrogates',
    );

/** A currency's code. */
export const currency = z
  .enum(Object.keys(currencies) as [Currency, ...Currency[]], 'must be INR, USD, EUR, GBP or JPY')
  .describe('An ISO 4217 code.');

/** A currency's code, INR where none is given. */
export const currencyOrDefault = currency.default('INR');

/** An instant (RFC 3339), read as Unix ms. */
export const instant = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-27T00:00:00Z (RFC 3339)' })
  .transform((given) => Date.parse(given));

/** An instant in an answer. */
export const instantOut = z.iso.datetime();

/** An amount of money in an answer. */
export const amountOut = z.number().min(0);

/** An amount of money, to be read with its currency by `toAmount`. */
export const amount = z
  .number()
  .min(0)
  .max(1e12)
  .describe('In units of the currency, with at most its decimals.');

const maxMinorUnits = 10n ** 12n;

/** An amount of money in its currency, as exact minor units; tells `refuse` where it is none. */
export function toAmount(
  given: { readonly price: number; readonly currency: Currency },
  refuse: (message: string) => void,
): { readonly minorUnits: bigint; readonly currency: Currency } {
  try {
    const minorUnits = toMinor(given.price, given.currency);
    if (minorUnits <= maxMinorUnits) return { minorUnits, currency: given.currency };
    refuse('must be at most 10^12 minor units');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    refuse(error.message);
  }
  return z.NEVER;
}

/** The key that makes a write repeatable: a repeat under the same key gets the first answer and does nothing. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,150}$/, 'must be 1 to 150 visible ASCII characters, such as a UUID')
  .describe(
    'Makes the write repeatable: a repeat with the same key gets the first answer and changes nothing.',
  );
