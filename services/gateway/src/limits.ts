import type { Request, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { sendProblem } from './answer-problem.ts';
import { Problem } from './problem.ts';

/** Who counts as one client: an IPv4 address, or the /64 network that one IPv6 customer has at least. */
export const clientOf = (request: Request) => ipKeyGenerator(request.ip ?? '', 64);

/** Refuses (429) what a client asks beyond `perMinute`, and says how much is left in RateLimit headers (draft 8). */
export function limitRate(perMinute: number, what: string) {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    identifier: what.replaceAll(' ', '-'),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: clientOf,
    // Without TRUST_PROXY the header counts for nothing, which is no mistake to warn of.
    validate: { xForwardedForHeader: false },
    handler(request: Request & { rateLimit?: { resetTime?: Date } }, response: Response) {
      const resetAt = request.rateLimit?.resetTime?.getTime() ?? Date.now() + 60_000;
      const retryAfterMs = Math.max(0, resetAt - Date.now());
      const detail = `more than ${perMinute} ${what} in a minute; try again in ${Math.ceil(retryAfterMs / 1000)} s`;
      sendProblem(response, new Problem(429, 'RATE_LIMITED', { detail, retryAfterMs }));
    },
  });
}

/** Counts the streams that are open. */
export type StreamLimits = {
  /** Counts one more for a client. Throws 429 where that client has too many, 503 where all together have. */
  take(client: string): () => void;
};

/** Bounds the streams that one client, and all clients together, may hold open. */
export function createStreamLimits(most: {
  readonly perClient: number;
  readonly total: number;
}): StreamLimits {
  const byClient = new Map<string, number>();
  let total = 0;
  return {
    take(client) {
      const open = byClient.get(client) ?? 0;
      if (open >= most.perClient) {
        const detail = `${most.perClient} streams are open from your address, as many as one may have: close some`;
        throw new Problem(429, 'RATE_LIMITED', { detail, retryAfterMs: 10_000 });
      }
      if (total >= most.total) {
        const detail = 'as many streams are open as this server can hold; try again later';
        throw new Problem(503, 'RESOURCE_EXHAUSTED', { detail, retryAfterMs: 10_000 });
      }
      byClient.set(client, open + 1);
      total++;
      let taken = true;
      return () => {
        if (!taken) return;
        taken = false;
        total--;
        const left = (byClient.get(client) ?? 1) - 1;
        if (left > 0) byClient.set(client, left);
        else byClient.delete(client);
      };
    },
  };
}
