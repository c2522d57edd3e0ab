import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import type { AdminAnswer } from '@hotpath/telemetry';
import { z } from 'zod';
import { Code, codeName } from './code.ts';
import { delaySchema } from './fault-delay.ts';
import { currentFaults, healFault, healFaults, setFault } from './fault-store.ts';

const percentage = z.number().min(0).max(100).optional();
const codes = Object.keys(Code).filter((name): name is Exclude<keyof typeof Code, 'OK'> => name !== 'OK');

/** What a fault does, as JSON says it. */
export const faultEffect = {
  delayMs: delaySchema.optional(),
  delayPercentage: percentage,
  abortCode: z.enum(codes, `must be one of ${codes.join(', ')}`).optional(),
  abortPercentage: percentage,
};

/** A fault without an effect is refused: for `schema.refine`. */
export const refuseNoEffect = [
  ({ delayMs, abortCode }: { delayMs?: unknown; abortCode?: unknown }) =>
    delayMs !== undefined || abortCode !== undefined,
  { message: 'needs delayMs or abortCode' },
] as const;

/** After this time it heals by itself, ms. */
export const faultTtlMs = z.int().min(100).max(3_600_000).default(60_000);

/** The calls that it befalls, as JSON says it. */
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

const faultSchema = z
  .strictObject({ ...target, ...faultEffect, ttlMs: faultTtlMs })
  .refine(...refuseNoEffect);

/** What is set, as the admin port tells it. */
export const faultList = z.object({
  faults: z.array(z.object({ ...target, ...faultEffect, healsInMs: z.number() })),
});

/** What a process is asked about its faults. */
export type FaultRequest = {
  readonly method: string;
  /** Of the fault to heal; empty for all. */
  readonly query: URLSearchParams;
  readonly body?: unknown;
};

/** Tells what is set (GET), sets one fault (PUT), or heals one or all (DELETE). Each answers what is then set. */
export function changeFaults({ method, query, body }: FaultRequest): AdminAnswer {
  if (method === 'PUT') {
    const read = faultSchema.safeParse(body);
    if (!read.success) return wrong(read.error);
    const { ttlMs, abortCode, ...fault } = read.data;
    setFault({ ...fault, abortCode: abortCode && Code[abortCode] }, ttlMs);
  } else if (method === 'DELETE') {
    const read = z.strictObject(target).safeParse(Object.fromEntries(query));
    if (!read.success) return wrong(read.error);
    if (query.size === 0) healFaults();
    else healFault(read.data);
  } else if (method !== 'GET') {
    return { status: 405, json: { error: 'only GET, PUT and DELETE' } };
  }
  const faults = currentFaults().map(({ abortCode, ...fault }) => ({
    ...fault,
    abortCode: abortCode && codeName(abortCode),
  }));
  return { status: 200, json: { faults } };
}

/** /faults of the admin port, where faults are switched on. @returns undefined for any other path */
export async function answerFaults(request: IncomingMessage): Promise<AdminAnswer | undefined> {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://admin');
  if (pathname !== '/faults') return undefined;
  const body: unknown = request.method === 'PUT' ? await json(request).catch(() => undefined) : undefined;
  return changeFaults({ method: request.method ?? '', query, body });
}

function wrong({ issues }: z.ZodError): AdminAnswer {
  const error = issues.map(({ path, message }) => `${path.join('.') || 'fault'}: ${message}`).join('; ');
  return { status: 400, json: { error } };
}
