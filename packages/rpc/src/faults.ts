import type { Call } from './call.ts';
import { Code } from './code.ts';
import { RpcError } from './errors.ts';
import type { Policy } from './policy.ts';
import { faultsOn } from './trials.ts';

/** What befalls a call before its handler sees it. */
export type Fault = {
  /** How long it is held back, ms. */
  readonly delayMs?: number | undefined;
  /** Which of the calls are, percent; 100 by default. */
  readonly delayPercentage?: number | undefined;
  /** The status that it then fails with. */
  readonly abortCode?: Code | undefined;
  /** Which of the calls do, percent; 100 by default. */
  readonly abortPercentage?: number | undefined;
};

const faults = new Map<string, Fault>();

/**
 * Lets a fault befall all calls of an RPC ("/ecommerce.PricingService/GetPrice") in this process; undefined heals it.
 * @throws Error where faults are not switched on by FAULTS=true.
 */
export function setFault(path: string, fault: Fault | undefined): void {
  if (!faultsOn) throw new Error('faults are switched off: start the process with FAULTS=true');
  if (fault) faults.set(path, fault);
  else faults.delete(path);
}

/**
 * Faults on purpose: those set for the RPC, else those the caller asks for by Envoy's headers. Without FAULTS=true
 * it is no step at all.
 * Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/fault_filter
 */
export const injectFaults: Policy = (next, { method }) => {
  if (!faultsOn) return next;
  return async (call, request) => {
    const fault = faults.get(method.path) ?? asked(call);
    if (fault.delayMs && happens(fault.delayPercentage)) await delay(call, fault.delayMs);
    if (fault.abortCode && happens(fault.abortPercentage)) {
      throw new RpcError(fault.abortCode, 'a fault on purpose');
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
function delay(call: Call, ms: number): Promise<void> {
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
