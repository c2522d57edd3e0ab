import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { badRequest, type FieldError } from './problem.ts';

/**
 * A part of a request, checked. Throws 400 naming each wrong field.
 * @param whole how the part itself is named, where that is what is wrong
 */
export function validate(schema: z.ZodType | undefined, part: unknown, whole = 'request'): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(part);
  if (result.success) return result.data;
  throw badRequest(fieldErrors(result.error, whole));
}

/** What is wrong, field by field; a field is named by its path: `items[3].price`. */
export function fieldErrors(error: z.ZodError, whole: string): FieldError[] {
  return error.issues.map(({ path, message }) => ({
    field:
      path
        .map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at ? '.' : ''}${String(key)}`))
        .join('') || whole,
    message: message.endsWith('received undefined') ? 'is missing' : message,
  }));
}

/** The parameters of a request's query. Throws 400 for one given twice: no guess which was meant. */
export function readQuery(request: IncomingMessage): Record<string, string> {
  const url = request.url ?? '';
  const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '');
  const names = new Set<string>();
  for (const name of query.keys()) {
    if (names.has(name)) throw badRequest([{ field: name, message: 'is given more than once' }]);
    names.add(name);
  }
  return Object.fromEntries(query);
}

const least = 100;

/**
 * The longest that the client wants to wait, ms, from x-request-timeout-ms; at least 100, Infinity where it does
 * not say. Throws 400 where it is no whole number.
 */
export function readTimeout(request: IncomingMessage): number {
  const given = request.headers['x-request-timeout-ms'];
  if (given === undefined) return Number.POSITIVE_INFINITY;
  if (typeof given !== 'string' || !/^\d{1,9}$/.test(given)) {
    throw badRequest([{ field: 'x-request-timeout-ms', message: 'must be a whole number of milliseconds' }]);
  }
  return Math.max(least, Number(given));
}
