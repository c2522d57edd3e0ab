import { createHash } from 'node:crypto';
import { IdempotencyConflict } from './errors.ts';
import type { Queryable } from './port.ts';

/** One write of one caller, named by the first three together: two methods may share a request id. */
export interface Write {
  /** Who asks. */
  readonly caller: string;
  /** What is asked for, as '/ecommerce.PricingService/SetPrice'. */
  readonly method: string;
  /** The caller's own name for this write, 1 to 200 characters. */
  readonly requestId: string;
  /** The whole request as bytes, of which the SHA-256 is kept: a repeat must be the same. */
  readonly request: Uint8Array;
}

/**
 * Does a write once however often it is asked for. The first time it runs `work` and keeps its answer in the
 * same transaction, so both are committed or neither; a repeat gets the kept answer and runs nothing. Repeats
 * that come while the first still works wait for it, and do the work themselves if it is rolled back.
 *
 * @throws {IdempotencyConflict} when the key was used for a request of other bytes
 * @throws {RangeError} when the request id is empty or too long
 */
export async function once(
  tx: Queryable,
  write: Write,
  work: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  // Waits for a transaction that has inserted the same key and is not yet at its end.
  const inserted = await tx.query(
    `insert into idempotency (caller, method, request_id, request_sha256) values ($1, $2, $3, $4)
     on conflict do nothing returning 1`,
    [...keyOf(write), sha256(write.request)],
  );
  if (inserted.length === 0) return (await recall(tx, write)) ?? once(tx, write, work);
  const answer = await work();
  await tx.query('update idempotency set answer = $4 where caller = $1 and method = $2 and request_id = $3', [
    ...keyOf(write),
    answer,
  ]);
  return answer;
}

/**
 * The answer that was kept for a write, or undefined where it was not done yet: for a write of many transactions,
 * as an import, which looks here first and uses `once` in its last.
 *
 * @throws {IdempotencyConflict} when the key was used for a request of other bytes
 * @throws {RangeError} when the request id is empty or too long
 */
export async function recall(on: Queryable, write: Write): Promise<Uint8Array | undefined> {
  const [kept] = await on.query<{ request_sha256: Uint8Array; answer: Uint8Array }>(
    'select request_sha256, answer from idempotency where caller = $1 and method = $2 and request_id = $3',
    keyOf(write),
  );
  if (kept && sha256(write.request).compare(kept.request_sha256) !== 0) {
    throw new IdempotencyConflict(write.requestId);
  }
  return kept?.answer;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function keyOf({ caller, method, requestId }: Write): [string, string, string] {
  if (requestId.length < 1 || requestId.length > 200) {
    throw new RangeError(`A request id has 1 to 200 characters, not ${requestId.length}.`);
  }
  return [caller, method, requestId];
}
