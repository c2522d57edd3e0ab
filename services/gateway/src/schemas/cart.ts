import { z } from 'zod';
import { amountOut, currency, instantOut, productId, productIdOut } from './fields.ts';

/** A message from a cart's owner. */
export const CartMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('set'),
    productId,
    quantity: z.int().min(0).max(999).describe('0 takes the product out.'),
  }),
  z.strictObject({ type: z.literal('currency'), currency }),
]);

/** A message from a cart's owner. */
export type CartMessage = z.output<typeof CartMessage>;

/** The whole cart, priced. */
export const CartQuote = z.object({
  type: z.literal('quote'),
  reason: z
    .string()
    .describe('"changed" by its owner, or why a price moved: "price_changed", "sale_started" ...'),
  lines: z.array(
    z.object({
      productId: productIdOut,
      quantity: z.int(),
      price: amountOut.describe('Of one piece.'),
      originalPrice: amountOut,
      lineTotal: amountOut,
      onSale: z.boolean(),
      saleEndsAt: instantOut.nullable(),
    }),
  ),
  total: amountOut,
  currency,
});

/** The whole cart, priced. */
export type CartQuote = z.infer<typeof CartQuote>;
