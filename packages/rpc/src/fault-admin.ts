import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import type { AdminAnswer } from '@hotpath/telemetry';
import { z } from 'zod';
import { Code, codeName } from './code.ts';
import { delaySchema } from './fault-delay.ts';
import { currentFaults, healFault, healFaults, setFault } from './fault-store.ts';

const percentage = z.number().min(0).max(100).optional();
const target = {
  side: z.enum(['server', 'client']).optional(),
  rpc: z
    .string()
    .regex(/^\/[\w.]+\/\w+$/, 'must be like /ecommerce.PricingService/GetPrice')
    .optional(),
  peer: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'must be the name of a process, like pricing')
    .optional(),
};
const codes = Object.keys(Code).filter((name): name is Exclude<keyof typeof Code, 'OK'> => name !== 'OK');

/** A fault as the admin port takes it. */
const faultSchema = z
  .strictObject({
    ...target,
    delayMs: delaySchema.optional(),
    delayPercentage: percentage,
    abortCode: z.enum(codes, `must be one of ${codes.join(', ')}`).optional(),
    abortPercentage: percentage,
    /** After this time it heals by itself. */
    ttlMs: z.int().min(100).max(3_600_000).default(60_000),
  })
  .refine(({ delayMs, abortCode }) => delayMs !== undefined || abortCode !== undefined, {
    message: 'needs delayMs or abortCode',
  });

/**
 * /faults of the admin port: GET tells what is set, PUT sets one fault, DELETE heals the one of `?side=&rpc=&peer=`, and
 * without a query all. Each answers what is then set.
 * @returns undefined for any other path
 */
export async function answerFaults(request: IncomingMessage): Promise<AdminAnswer | undefined> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://admin');
  if (pathname !== '/faults') return undefined;
  if (request.method === 'PUT') {
    const read = faultSchema.safeParse(await json(request).catch(() => undefined));
    if (!read.success) return wrong(read.error);
    const { ttlMs, abortCode, ...fault } = read.data;
    setFault({ ...fault, abortCode: abortCode && Code[abortCode] }, ttlMs);
  } else if (request.method === 'DELETE') {
    const read = z.strictObject(target).safeParse(Object.fromEntries(searchParams));
    if (!read.success) return wrong(read.error);
    if (searchParams.size === 0) healFaults();
    else healFault(read.data);
  } else if (request.method !== 'GET') {
    return { status: 405, json: { error: 'only GET, PUT and DELETE' } };
  }
  const faults = currentFaults().map(({ abortCode, ...fault }) => ({
    ...fault,
    abortCode: abortCode && codeName(abortCode),
  }));
  return { status: 200, json: { faults } };
}

function wrong({ issues }: z.ZodError): AdminAnswer {
  const error = issues.map(({ path, message }) => `${path.join('.') || 'fault'}: ${message}`).join('; ');
  return { status: 400, json: { error } };
}
