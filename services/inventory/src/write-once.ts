import { decode, encode, type Init, type MethodDefinition } from '@hotpath/contracts';
import { type Database, IdempotencyConflict, once, type Queryable } from '@hotpath/database';
import { alreadyExists, type Call, checkRequestId } from '@hotpath/rpc';

/** A request of a write RPC, and whose request ids these are. */
export interface Write<Request, Response> {
  readonly method: MethodDefinition<Request, Response>;
  readonly caller: string;
  readonly request: Request & { readonly requestId: string };
}

/**
 * Does a write in one transaction, once for its request_id: a repeat gets the first answer. A write that fails
 * leaves nothing, so it may be tried again. Throws ALREADY_EXISTS where the id was used for another request.
 */
export async function writeOnce<Request, Response>(
  db: Database,
  { method, caller, request }: Write<Request, Response>,
  call: Call,
  work: (tx: Queryable) => Promise<Response>,
): Promise<Response> {
  const requestId = checkRequestId(request.requestId);
  const bytes = encode(method.request, request as Init<Request>);
  try {
    const answer = await db.transaction(
      (tx) =>
        once(tx, { caller, method: method.path, requestId, request: bytes }, async () =>
          encode(method.response, (await work(tx)) as Init<Response>),
        ),
      call,
    );
    return decode(method.response, answer);
  } catch (error) {
    if (!(error instanceof IdempotencyConflict)) throw error;
    throw alreadyExists(`request_id ${JSON.stringify(requestId)} was used for another request`);
  }
}
