import type { MethodDefinition, ServiceDefinition } from '@hotpath/contracts';
import type { Call } from './call.ts';

/** The RPC that a policy is made for, on one side of the wire. */
export type Rpc = {
  readonly side: 'server' | 'client';
  readonly service: ServiceDefinition;
  readonly method: MethodDefinition;
};

/**
 * Carries one call out. `request` is a message, or an AsyncIterable of them where the client streams; the
 * result likewise where the server streams.
 */
export type Step = (call: Call, request: unknown) => Promise<unknown>;

/**
 * Wraps a step with one concern. It is applied once per RPC when server or client is made, so what it
 * looks up then costs nothing per call. To learn of a call's end, streams included, use `call.onSettled`.
 */
export type Policy = (next: Step, rpc: Rpc) => Step;

/** The policies around a step, the first outermost. */
export function compose(policies: readonly Policy[], step: Step, rpc: Rpc): Step {
  return policies.reduceRight((next, policy) => policy(next, rpc), step);
}
