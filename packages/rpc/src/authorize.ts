import { ANONYMOUS } from './call.ts';
import { permissionDenied, unauthenticated } from './errors.ts';
import type { Policy } from './policy.ts';
import type { Security } from './security.ts';

/** The processes that may call an RPC, by its path. */
export type CallersOf = (path: string) => ReadonlySet<string>;

/**
 * Lets in who may call: with mutual TLS the callers that `callersOf` names, or without it every process that has
 * proven who it is. Only a certificate proves that, never a header. In a mesh the proxy decides.
 */
export function authorize({ mode }: Security, callersOf?: CallersOf): Policy {
  return (next, { method }) => {
    if (mode !== 'mtls') return next;
    const callers = callersOf?.(method.path);
    return async (call, request) => {
      if (call.caller === ANONYMOUS) {
        throw unauthenticated(
          'a client certificate that this server trusts is needed; its log says what is wrong',
        );
      }
      if (callers && !callers.has(call.caller)) {
        throw permissionDenied(`${call.caller} may not call ${method.path}`);
      }
      return next(call, request);
    };
  };
}
