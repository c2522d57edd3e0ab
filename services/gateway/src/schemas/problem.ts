import { z } from 'zod';

/** A problem as RFC 9457 shapes it, with the gateway's own members `code`, `retryAfter`, `errors` and `traceId`. */
export const ProblemDetails = z
  .object({
    type: z.string().describe('Always "about:blank": `status` and `code` say what kind of problem it is.'),
    title: z.string().describe("The status's name."),
    status: z.int().describe('The HTTP status.'),
    code: z
      .string()
      .describe('What went wrong, for programs: a gRPC status name such as NOT_FOUND, or RATE_LIMITED.'),
    detail: z.string().optional().describe('What went wrong and what to do, for people.'),
    retryAfter: z.int().min(1).optional().describe('When to try again, in seconds.'),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe('What is wrong with the request, field by field; at most 20.'),
    traceId: z
      .string()
      .optional()
      .describe('Where to find the request in the traces and logs; only where traces are on.'),
  })
  .meta({ id: 'Problem' });

/** The body of an answer that tells of a problem. */
export type ProblemDetails = z.infer<typeof ProblemDetails>;
