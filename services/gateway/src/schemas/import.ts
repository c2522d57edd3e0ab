import { toMinor } from '@hotpath/contracts';
import { z } from 'zod';
import { amount, currency, productIdText, text } from './fields.ts';

/**
 * The lines of an import: how one is written, and the message it makes, which throws RangeError where it makes none.
 * The two are apart because a schema that transforms leaves several times as much for the garbage collector, which
 * counts with millions of lines.
 */
export type LineFormat<Schema extends z.ZodObject, Message> = {
  readonly schema: Schema;
  toMessage(line: z.output<Schema>): Message;
};

const format = <Schema extends z.ZodObject, Message>(init: LineFormat<Schema, Message>) => init;

/** The lines of an import of prices. */
export const priceLines = format({
  schema: z.strictObject({ productId: productIdText, currency, price: amount }),
  toMessage: ({ productId, currency, price }) => ({
    productId: BigInt(productId),
    price: { minorUnits: toMinor(price, currency), currency },
  }),
});

/** The lines of an import of stock. */
export const stockLines = format({
  schema: z.strictObject({
    productId: productIdText,
    warehouseId: text(1, 64),
    available: z.int().min(0).max(1_000_000_000),
  }),
  toMessage: ({ productId, warehouseId, available }) => ({
    productId: BigInt(productId),
    warehouseId,
    available,
  }),
});

/** What became of an import. */
export const ImportSummary = z
  .object({
    received: z.int().describe('Lines received, good and bad; blank ones do not count.'),
    stored: z.int().describe('Lines whose value now stands.'),
    changed: z.int().describe('Lines that changed a value.'),
    failed: z.int().describe('Lines refused.'),
    replayed: z
      .boolean()
      .describe(
        'Whether an import with this Idempotency-Key had come to its end before: this is its summary, and nothing was stored now.',
      ),
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
