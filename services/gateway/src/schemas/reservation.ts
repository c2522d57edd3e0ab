import { z } from 'zod';
import { instantOut, productId, productIdOut, text, uuid } from './fields.ts';

/** Asks to hold pieces of a product. */
export const ReservationRequest = z
  .strictObject({
    productId,
    quantity: z.int().min(1).max(999).describe('Pieces, all from one warehouse.'),
    warehouseId: text(1, 64)
      .optional()
      .describe('Only from this warehouse; otherwise from the one with most.'),
  })
  .meta({ id: 'ReservationRequest' });

/** What has become of a reservation. */
export const reservationStates = ['held', 'confirmed', 'released', 'expired'] as const;

/** Pieces held for their session's user. */
export const Reservation = z
  .object({
    reservationId: uuid,
    productId: productIdOut,
    warehouseId: z.string(),
    quantity: z.int(),
    state: z.enum(reservationStates),
    expiresAt: instantOut.describe('When it expires if it is neither confirmed nor released.'),
  })
  .meta({ id: 'Reservation' });

/** Pieces held for their session's user. */
export type Reservation = z.infer<typeof Reservation>;
