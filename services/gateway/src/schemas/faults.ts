import { faultEffect, faultTtlMs, refuseNoEffect } from '@hotpath/rpc';
import { z } from 'zod';

const edge = {
  caller: z.string().describe('The process that calls.'),
  callee: z.string().describe('The process that is called.'),
};
const rpc = z
  .string()
  .optional()
  .describe('One RPC, as `edges` lists it; all of the edge where it is left out.');

/** What is set on the edges between processes. */
export const Faults = z.object({
  edges: z.array(z.object({ ...edge, rpcs: z.array(z.string()) })),
  faults: z.array(z.object({ ...edge, rpc, ...faultEffect, healsInMs: z.number() })),
});

/** What is to be set. */
export const Fault = z
  .strictObject({ ...edge, rpc, ...faultEffect, ttlMs: faultTtlMs })
  .refine(...refuseNoEffect);

/** What is set on the edges, as JSON. */
export type Faults = z.output<typeof Faults>;
/** What is to be set, as JSON. */
export type Fault = z.input<typeof Fault>;
