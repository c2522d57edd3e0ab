import { z } from 'zod';

/** How many streams are open. */
export const OpenStreams = z
  .object({ open: z.int().min(0).describe('Event streams of prices, of all clients of this gateway.') })
  .meta({ id: 'OpenStreams' });

/** How many streams are open. */
export type OpenStreams = z.infer<typeof OpenStreams>;
