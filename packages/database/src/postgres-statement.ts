import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { cancelRequest } from './postgres-cancel.ts';

/** How long ending a statement may take before its connection is given up, ms. */
const endMs = 1_000;
/** How long a cancelled statement may take to notice before it is cancelled again, ms. */
const againMs = 25;

/** A statement as pg takes it; a text alone may be several. */
export type Statement =
  | string
  | { readonly text: string; readonly values: unknown[]; readonly name?: string | undefined };

/**
 * Runs a statement. When the signal aborts, it is cancelled on the server; the promise settles when the statement
 * has ended and the cancel is through, as a cancel hits whatever its connection runs by then.
 */
export async function runStatement(
  client: pg.Client,
  statement: Statement,
  signal?: AbortSignal,
): Promise<pg.QueryResult> {
  const answer = client.query(statement);
  let ended: Promise<void> | undefined;
  const end = () => {
    ended = endStatement(client, answer);
  };
  signal?.addEventListener('abort', end, { once: true });
  try {
    return await answer;
  } finally {
    signal?.removeEventListener('abort', end);
    await ended;
  }
}

/** Cancels until the statement has ended, as a cancel may come before the statement does; else ends the connection. */
async function endStatement(client: pg.Client, answer: Promise<unknown>): Promise<void> {
  const answered = answer.then(
    () => true,
    () => true,
  );
  const limit = AbortSignal.timeout(endMs);
  try {
    do await cancelRequest(client, limit);
    while (!(await Promise.race([answered, sleep(againMs, false, { signal: limit })])));
  } catch {
    const { stream } = client.connection;
    if (stream.destroyed) return;
    // Only then pg knows of it, and nobody gets the connection any more.
    const closed = once(stream, 'close');
    stream.destroy();
    await closed;
  }
}
