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

/**
 * An amount in units of the currency (19.99) as minor units (1999n), exact: the number of minor units whose amount
 * that double is the nearest to. Throws RangeError where there is none (too many decimals, NaN, infinity) and beyond
 * 2^53 - 1 minor units, where doubles no longer tell amounts apart.
 */
export function toMinor(amount: number, currency: Currency): bigint {
  const decimals = currencies[currency];
  // Not `amount * 100`: that rounds, and the rounding shows from 10^13 on.
  const text = amount.toFixed(decimals);
  const minor = Number(text.replace('.', ''));
  if (!Number.isSafeInteger(minor)) throw new RangeError(`${amount} is not an amount in ${currency}`);
  if (Number(text) !== amount)
    throw new RangeError(`${amount} has more than the ${decimals} decimals of ${currency}`);
  return BigInt(minor);
}

/**
 * Minor units (1999n) as an amount in units of the currency (19.99): the nearest double. Throws RangeError beyond
 * 2^53 - 1 minor units, where doubles no longer tell amounts apart.
 */
export function fromMinor(minor: bigint, currency: Currency): number {
  const exact = Number(minor);
  if (!Number.isSafeInteger(exact)) throw new RangeError(`${minor} minor units are too many for a double`);
  return exact / 10 ** currencies[currency];
}
