/** The currencies of the shop (ISO 4217) and how many decimals their minor units take. */
export const currencies = { INR: 2, USD: 2, EUR: 2, GBP: 2, JPY: 0 } as const;

/** An ISO 4217 code of a currency of the shop. */
export type Currency = keyof typeof currencies;

/** Whether the shop has prices in a currency of that code; codes are upper case. */
export function isCurrency(code: string): code is Currency {
  return Object.hasOwn(currencies, code);
}

/** How many decimals an amount in that currency has. */
export function decimalsOf(currency: Currency): number {
  return currencies[currency];
}

/** Doubles tell all numbers of 15 digits apart, and no more (IEEE 754 binary64). */
const MAX_MINOR = 10 ** 15 - 1;

/**
 * An amount in units of the currency (19.99) as minor units (1999n), exact: the number of minor units that this
 * double is the nearest one to. Throws RangeError where there is none (too many decimals, NaN, infinity) and beyond
 * 15 digits.
 */
export function toMinor(amount: number, currency: Currency): bigint {
  const decimals = decimalsOf(currency);
  const scale = 10 ** decimals;
  // The product is off by less than half a unit, as 2^-52 of 10^15 is; so rounding finds the unit.
  const minor = Math.round(amount * scale);
  if (!(Math.abs(minor) <= MAX_MINOR)) throw new RangeError(`${amount} is not an amount in ${currency}`);
  if (minor / scale !== amount) {
    throw new RangeError(`${amount} has more decimals than the ${decimals} of ${currency}`);
  }
  return BigInt(minor);
}

/** Minor units (1999n) as an amount in units of the currency (19.99). Throws RangeError beyond 15 digits. */
export function fromMinor(minor: bigint, currency: Currency): number {
  if (minor > MAX_MINOR || minor < -MAX_MINOR) {
    throw new RangeError(`${minor} minor units of ${currency} are more than a double can hold exactly`);
  }
  return Number(minor) / 10 ** decimalsOf(currency);
}
