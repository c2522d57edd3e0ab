import { z } from 'zod';
import { amount, currency, productId, text, toAmount } from './fields.ts';

const PriceLine = z.strictObject({ productId, currency, price: amount });

/** The lines of an import of prices. */
export const priceLines = {
  columns: Object.keys(PriceLine.shape),
  schema: PriceLine.transform((given, context) => ({
    productId: given.productId,
    price: toAmount(given, (message) => context.addIssue({ code: 'custom', path: ['price'], message })),
  })),
};

const StockLine = z.strictObject({
  productId,
  warehouseId: text(1, 64),
  available: z.int().min(0).max(1_000_000_000),
});

/** The lines of an import of stock. */
export const stockLines = { columns: Object.keys(StockLine.shape), schema: StockLine };

/** What became of an import. */
export const ImportSummary = z
  .object({
    received: z.int().describe('Lines received, good and bad; blank ones do not count.'),
    stored: z.int().describe('Lines whose value now stands.'),
    changed: z.int().describe('Lines that changed a value.'),
    failed: z.int().describe('Lines refused.'),
    errors: z
      .array(
        z.object({
          line: z.int().min(1).describe('Line of the file, from 1; in CSV the header is line 1.'),
          code: z.string().describe('A gRPC status name, such as INVALID_ARGUMENT.'),
          message: z.string(),
        }),
      )
      .describe('The first refused lines, at most 100, in their order.'),
  })
  .meta({ id: 'ImportSummary' });

/** What became of an import. */
export type ImportSummary = z.infer<typeof ImportSummary>;
