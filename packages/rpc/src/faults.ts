import type { Call } from './call.ts';
import { Code } from './code.ts';
import { RpcError } from './errors.ts';
import { drawDelay } from './fault-delay.ts';
import { type Fault, faultFor } from './fault-store.ts';
import { hostOf } from './identity.ts';
import type { Policy } from './policy.ts';
import { faultsOn } from './trials.ts';

/**
 * Faults on purpose, on both sides of the wire: those set for the call, else, on a server, those the caller asks for by
 * Envoy's headers. Without FAULTS=true it is no step at all.
 * Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/fault_filter
 */
export const injectFaults: Policy = (next, { side, service, method }) => {
  if (!faultsOn) return next;
  const callee = hostOf(service.name);
  return async (call, request) => {
    const set = faultFor(side, method.path, side === 'server' ? call.caller : callee);
    const fault = set ?? (side === 'server' ? asked(call) : {});
    if (fault.delayMs && happens(fault.delayPercentage)) await hold(call, drawDelay(fault.delayMs));
    if (fault.abortCode && happens(fault.abortPercentage)) {
      const error = new RpcError(fault.abortCode, 'a fault on purpose');
      if (side === 'client') call.end(error); // what else would have ended it was not reached
      throw error;
    }
    return next(call, request);
  };
};

function asked({ metadata }: Call): Fault {
  const number = (name: string) => {
    const [text] = metadata.get(`x-envoy-fault-${name}`);
    return typeof text === 'string' && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
  };
  return {
    delayMs: number('delay-request'),
    delayPercentage: number('delay-request-percentage'),
    abortCode: toCode(number('abort-grpc-request')),
    abortPercentage: number('abort-request-percentage'),
  };
}

function toCode(number: number | undefined): Code | undefined {
  return number !== undefined && number >= Code.CANCELLED && number <= Code.UNAUTHENTICATED
    ? (number as Code)
    : undefined;
}

function happens(percentage = 100): boolean {
  return Math.random() * 100 < percentage;
}

/** Resolves after `ms`; rejects with the call's cause if that ends first. */
function hold(call: Call, ms: number): Promise<void> {
  call.startTimer();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      off();
      resolve();
    }, ms);
    const off = call.onEnd((cause) => {
      clearTimeout(timer);
      reject(cause);
    });
  });
}
