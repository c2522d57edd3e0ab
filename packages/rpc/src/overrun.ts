import { workAfterEnd } from '@hotpath/telemetry';
import type { Policy } from './policy.ts';

/**
 * Counts handlers that still work for a call that nobody waits for any more. Nothing can stop code from
 * outside, so a handler that does not mind its signal shows here.
 */
export const overrun: Policy = (next, { method }) => {
  const labels = { rpc_method: method.path.slice(1) };
  workAfterEnd.inc(labels, 0);
  return async (call, request) => {
    let working = true;
    let late = false;
    call.onSettled(() => {
      late = working;
      if (late) workAfterEnd.inc(labels);
    });
    try {
      return await next(call, request);
    } finally {
      working = false;
      if (late) workAfterEnd.dec(labels);
    }
  };
};
