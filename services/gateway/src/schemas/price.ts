import { z } from 'zod';
import {
  amount,
  amountOut,
  currency,
  currencyOrDefault,
  instantOut,
  productId,
  productIdOut,
  toAmount,
} from './fields.ts';

/** What a price says wherever it is shown. */
export const priceFields = {
  price: amountOut
    .nullable()
    .describe('What you pay, in units of the currency. null: it has no price in it.'),
  originalPrice: amountOut.nullable().describe('The price before any sale and discount.'),
  currency,
  onSale: z.boolean().describe('Whether a sale is in `price`.'),
  saleEndsAt: instantOut.nullable().describe('When that sale ends. null: no sale.'),
};

/** The price of one product. */
export const Price = z.object({ productId: productIdOut, ...priceFields }).meta({ id: 'Price' });

/** Asks for the prices of many products. */
export const PriceBatchRequest = z
  .strictObject({
    productIds: z
      .array(productId)
      .max(500, 'must be at most 500')
      .describe('Each is answered for itself, in this order.'),
    currency: currencyOrDefault,
  })
  .meta({ id: 'PriceBatchRequest' });

/** The prices of many products. */
export const PriceBatch = z
  .object({
    items: z.array(Price).describe('The good ones in the order asked, duplicates included.'),
    errors: z
      .array(
        z.object({
          index: z.int().min(0).describe('Position in `productIds`, from 0.'),
          productId: productIdOut,
          code: z.string().describe('A gRPC status name, such as NOT_FOUND.'),
          message: z.string(),
        }),
      )
      .describe('The bad ones.'),
  })
  .meta({ id: 'PriceBatch' });

/** A new base price. */
export const PriceChange = z
  .strictObject({ price: amount, currency })
  .transform((given, context) =>
    toAmount(given, (message) => context.addIssue({ code: 'custom', path: ['price'], message })),
  )
  .meta({ id: 'PriceChange' });

/** The base price as stored. */
export const BasePrice = z
  .object({ productId: productIdOut, price: amountOut.describe('The base price now.'), currency })
  .meta({ id: 'BasePrice' });

/** One event of a price stream. */
export const PriceEvent = z
  .object({
    productId: productIdOut,
    ...priceFields,
    reason: z
      .string()
      .describe(
        '"snapshot", "price_changed", "sale_started", "sale_ended" or "resync" (some changes were missed).',
      ),
    sequence: z.string().describe("Position in the shop's feed of price changes; grows."),
  })
  .meta({ id: 'PriceEvent' });

/** One event of a price stream. */
export type PriceEvent = z.infer<typeof PriceEvent>;
