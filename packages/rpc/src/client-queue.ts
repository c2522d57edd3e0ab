import { queuedCalls } from '@hotpath/telemetry';
import { type Call, untilEnd } from './call.ts';
import type { Policy } from './policy.ts';
import { tellWait } from './span.ts';

/**
 * Lets at most `limit` calls of a channel be under way and makes the others wait here, in order: counted, and only as
 * long as their own budgets last. Above the streams that a server takes per connection grpc-js would queue
 * them unseen, and they would time out without a trace.
 * @param peer the channel's address, for the metric
 */
export function limitCalls(limit: number, peer: string): Policy {
  let underWay = 0;
  const waiting = new Set<() => void>();
  queuedCalls.inc({ peer }, 0);

  const enter = (call: Call) => {
    underWay++;
    call.onSettled(() => {
      underWay--;
      const [next] = waiting;
      next?.();
    });
  };

  return (next) => (call, request) => {
    if (underWay < limit) {
      enter(call);
      return next(call, request);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const leave = () => {
      if (waiting.delete(start)) queuedCalls.dec({ peer });
    };
    const start = () => {
      leave();
      enter(call);
      resolve();
    };
    waiting.add(start);
    queuedCalls.inc({ peer });
    call.onSettled(leave);
    call.startTimer();
    const since = performance.now();
    return untilEnd(call, promise).then(() => {
      tellWait(call, 'queueWait', since);
      return next(call, request);
    });
  };
}
