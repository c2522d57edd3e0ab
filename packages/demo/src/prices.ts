/** Prices of one product in minor units of each currency: paise, cents, cents, pence, whole yen. */
export type Prices = Readonly<Record<'INR' | 'USD' | 'EUR' | 'GBP' | 'JPY', bigint>>;

/** Rupees for one unit of each currency: fixed, made up for the demo, and never updated. */
export const rupeesPerUnit = { INR: 1, USD: 84, EUR: 92, GBP: 108, JPY: 0.56 } as const;

/** The prices that a shop would print for something worth that many rupees. */
export function pricesOf(rupees: number): Prices {
  return {
    INR: belowRoundNumber(rupees) * 100n,
    USD: belowWholeUnit(rupees / rupeesPerUnit.USD),
    EUR: belowWholeUnit(rupees / rupeesPerUnit.EUR),
    GBP: belowWholeUnit(rupees / rupeesPerUnit.GBP),
    JPY: belowRoundNumber(rupees / rupeesPerUnit.JPY),
  };
}

/** One cent below the nearest whole unit: 15.3 becomes 14.99. At least 0.99. */
function belowWholeUnit(units: number): bigint {
  return BigInt(Math.max(1, Math.round(units)) * 100 - 1);
}

/** One unit below the nearest round number, rounder for greater amounts: 1,283 becomes 1,299. At least 9. */
function belowRoundNumber(units: number): bigint {
  const step = units < 200 ? 10 : units < 1000 ? 50 : units < 10_000 ? 100 : 500;
  return BigInt(Math.max(1, Math.round(units / step)) * step - 1);
}
