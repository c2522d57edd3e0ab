import type { Currency, Money, PriceResponse, PriceUpdate } from '@hotpath/contracts';
import { fromMinor } from '@hotpath/contracts';
import type { PriceEvent } from './schemas/price.ts';

/**
 * How REST shows what the contract says: ids and positions as strings, times in RFC 3339, amounts as numbers in
 * units of their currency.
 */

/** An instant in Unix seconds; null for 0, which the contract uses for none. */
export const timeOf = (seconds: bigint) =>
  seconds === 0n ? null : new Date(Number(seconds) * 1000).toISOString();

/** An instant in Unix ms. */
export const timeOfMs = (ms: bigint) => new Date(Number(ms)).toISOString();

/** An amount; its currency is one of the shop's, as the contract says. */
export const amountOf = (money: Money) => fromMinor(money.minorUnits, money.currency as Currency);

/** The price of a product. */
export const viewPrice = (price: PriceResponse) => ({
  productId: String(price.productId),
  price: price.discountedPrice,
  originalPrice: price.basePrice,
  currency: price.currency as Currency,
  onSale: price.isOnSale,
  saleEndsAt: timeOf(price.saleEndsAt),
});

/** A change of a price. */
export const viewUpdate = (update: PriceUpdate): PriceEvent => ({
  productId: String(update.productId),
  price: update.newPrice,
  originalPrice: update.basePrice,
  currency: update.currency as Currency,
  onSale: update.isOnSale,
  saleEndsAt: timeOf(update.saleEndsAt),
  reason: update.reason,
  sequence: String(update.sequence),
});
