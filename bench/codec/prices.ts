import type { PriceResponse } from '@hotpath/contracts';

/** Different batches in turn, so that no candidate can learn one by heart. */
export const BATCHES = 20;

/** The same 50 prices for every candidate and launch, like the shop's: small ids, two decimals, some sales. */
export function batch(number: number): PriceResponse[] {
  return Array.from({ length: 50 }, (_, index) => {
    const productId = ((number * 50 + index) * 7919) % 10_000;
    const minor = 199 + ((productId * 104_729) % 250_000);
    const isOnSale = productId % 5 === 0;
    return {
      productId: BigInt(productId + 1),
      basePrice: minor / 100,
      discountedPrice: Math.round(minor * (isOnSale ? 0.72 : 0.9)) / 100,
      isOnSale,
      saleEndsAt: isOnSale ? BigInt(1_795_000_000 + productId) : 0n,
      currency: 'INR',
    };
  });
}
