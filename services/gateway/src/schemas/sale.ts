import { z } from 'zod';
import { instant, instantOut, productId, uuid } from './fields.ts';

/** Asks for a sale. */
export const SaleRequest = z
  .strictObject({
    productIds: z.array(productId).min(1).max(500),
    percentOff: z.int().min(1).max(99).describe('Whole percent off the base price.'),
    startsAt: instant.optional().describe('When it starts; now where this is past or not given.'),
    endsAt: instant.describe('When it ends, at most 366 days ahead.'),
  })
  .meta({ id: 'SaleRequest' });

/** A sale that was stored. */
export const Sale = z.object({ saleId: uuid }).meta({ id: 'Sale' });

/** A sale that was stored. */
export type Sale = z.infer<typeof Sale>;

/** A sale that ended. */
export const EndedSale = z.object({ saleId: uuid, endedAt: instantOut }).meta({ id: 'EndedSale' });
