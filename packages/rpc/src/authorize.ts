import { ANONYMOUS } from './call.ts';
import { permissionDenied, type RpcError, unauthenticated } from './errors.ts';
import type { Policy } from './policy.ts';
import type { Security } from './security.ts';

/** The processes that may call an RPC, by its path. */
export type CallersOf = (path: string) => ReadonlySet<string>;

/**
 * Lets in who may call: with mutual TLS the callers that `callersOf` names, or without it every process that has
 * proven who it is. Only a certificate proves that, never a header. In a mesh the proxy decides.
 */
export function authorize(security: Security, callersOf?: CallersOf): Policy {
  return (next, { method }) => {
    if (security.mode !== 'mtls') return next;
    const callers = callersOf?.(method.path);
    return async (call, request) => {
      const refused = refusal(security, call.caller);
      if (refused) throw refused;
      if (callers && !callers.has(call.caller)) {
        throw permissionDenied(`${call.caller} may not call ${method.path}`);
      }
      return next(call, request);
    };
  };
}

/** UNAUTHENTICATED where a caller must prove who it is and has not; undefined where it may come in. */
export function refusal({ mode }: Security, caller: string | undefined): RpcError | undefined {
  if (mode !== 'mtls' || (caller !== undefined && caller !== ANONYMOUS)) return undefined;
  return unauthenticated(
    'a client certificate that this server trusts is needed; its log says what is wrong',
  );
}
