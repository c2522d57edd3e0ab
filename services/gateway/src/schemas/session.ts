import { z } from 'zod';
import { instantOut, text } from './fields.ts';

/** Who logs in. */
export const Credentials = z
  .strictObject({ email: text(1, 254), password: text(1, 256) })
  .meta({ id: 'Credentials' });

/** A session. */
export const SessionToken = z
  .object({
    token: z.string().describe('Goes into `Authorization: Bearer`. A cookie that browsers send is set too.'),
    expiresAt: instantOut,
  })
  .meta({ id: 'SessionToken' });

/** A session. */
export type SessionToken = z.infer<typeof SessionToken>;
