import { budgetOf, type StreamLimits } from '@hotpath/contracts';
import type { Call } from './call.ts';
import { deadlineExceeded, unavailable } from './errors.ts';
import type { Policy } from './policy.ts';

/**
 * Holds a stream to its limits: whoever reads it minds the time to the first message and the silence between two,
 * the server its age. A stream that is ended for its age says so by UNAVAILABLE, on which clients resume.
 */
export const streamLimits: Policy = (next, { side, service, method }) => {
  const limits = budgetOf(service, method).stream;
  if (!limits) return next;
  if (method.kind === 'clientStream') {
    return side === 'client'
      ? next
      : (call, request) => next(call, attentive(call, request as AsyncIterable<unknown>, limits));
  }
  if (side === 'client') {
    return async (call, request) =>
      attentive(call, (await next(call, request)) as AsyncIterable<unknown>, limits);
  }
  return (call, request) => {
    const timer = setTimeout(
      () => call.end(unavailable(`${method.path}: the stream is old enough; resume`)),
      limits.ageMs * (0.9 + 0.2 * Math.random()),
    );
    call.onSettled(() => clearTimeout(timer));
    return next(call, request);
  };
};

/** The messages as they are; ends the call when the next is too long in coming. */
async function* attentive(
  call: Call,
  messages: AsyncIterable<unknown>,
  limits: StreamLimits,
): AsyncIterable<unknown> {
  let timer = watch(call, limits.firstMessageMs, 'no first message came');
  try {
    for await (const message of messages) {
      clearTimeout(timer);
      yield message;
      timer = watch(call, limits.silenceMs, 'no message came');
    }
  } finally {
    clearTimeout(timer);
  }
}

function watch(call: Call, ms: number, what: string): NodeJS.Timeout {
  return setTimeout(() => call.end(deadlineExceeded(`${call.path}: ${what} for ${ms} ms`)), ms);
}
