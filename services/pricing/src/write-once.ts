import { decode, encode, type Init, type MethodDefinition } from '@hotpath/contracts';
import { type Database, IdempotencyConflict, once, type Queryable } from '@hotpath/database';
import { alreadyExists, type Call, checkRequestId } from '@hotpath/rpc';

/**
 * Does a write as one transaction, once for each caller and request_id: a repeat gets the first answer. Throws
 * INVALID_ARGUMENT for a bad request_id and ALREADY_EXISTS for one that was used for another request.
 */
export async function writeOnce<Request extends { requestId: string }, Response>(
  db: Database,
  call: Call,
  method: MethodDefinition<Request, Response>,
  request: Request,
  work: (tx: Queryable) => Promise<Response>,
): Promise<Response> {
  const write = {
    caller: call.caller,
    method: method.path,
    requestId: checkRequestId(request.requestId),
    request: encode(method.request, request as Init<Request>),
  };
  try {
    const answer = await db.transaction(
      (tx) => once(tx, write, async () => encode(method.response, (await work(tx)) as Init<Response>)),
      call,
    );
    return decode(method.response, answer);
  } catch (error) {
    throw error instanceof IdempotencyConflict ? alreadyExists(error.message) : error;
  }
}
