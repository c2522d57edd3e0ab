import { decode, encode, type Init, type MethodDefinition } from '@hotpath/contracts';
import { type Database, IdempotencyConflict, once, type Queryable } from '@hotpath/database';
import type { Call } from './call.ts';
import { checkRequestId } from './checks.ts';
import { alreadyExists } from './errors.ts';

/** A request of a write RPC, and whose request ids these are. */
export type Write<Request, Response> = {
  readonly method: MethodDefinition<Request, Response>;
  /** Within whom a request_id is unique: the calling process, or a user. */
  readonly caller: string;
  readonly request: Request & { readonly requestId: string };
};

/**
 * Does a write as one transaction, once for each caller and request_id: a repeat gets the first answer. A write that
 * fails leaves nothing, so it may be tried again.
 * @throws RpcError INVALID_ARGUMENT for a bad request_id, ALREADY_EXISTS for one used for another request.
 */
export async function writeOnce<Request, Response>(
  db: Database,
  { method, caller, request }: Write<Request, Response>,
  call: Call,
  work: (tx: Queryable) => Promise<Response>,
): Promise<Response> {
  const requestId = checkRequestId(request.requestId);
  const key = {
    caller,
    method: method.path,
    requestId,
    request: encode(method.request, request as Init<Request>),
  };
  try {
    const answer = await db.transaction(
      (tx) => once(tx, key, async () => encode(method.response, (await work(tx)) as Init<Response>)),
      call,
    );
    return decode(method.response, answer);
  } catch (error) {
    if (!(error instanceof IdempotencyConflict)) throw error;
    throw alreadyExists(`request_id ${JSON.stringify(requestId)} was used for another request`);
  }
}
