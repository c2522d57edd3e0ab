import type pg from 'pg';
import type { StatementOptions } from './port.ts';

/** Shorter ones would be spent before a cancel can come. */
const shortestMs = 64;
const longestMs = 2 ** 30;

/** A limit in ms, or what the server or the URL says. */
type Timeout = number | 'default';

/** What each connection has; absent where it was never set. */
const timeouts = new WeakMap<pg.Client, Timeout | 'unknown'>();

/**
 * Has the server end what is sent next by itself, should no cancel reach it: a statement that runs too long, and a
 * transaction that rests too long. The time that is left is rounded up to a power of two, so that it seldom differs
 * from what the connection has; where it does, the setting is sent along with the statement and costs no round trip.
 */
export function limitTime(client: pg.Client, options?: StatementOptions): void {
  const timeout = timeoutFor(options);
  if ((timeouts.get(client) ?? 'default') === timeout) return;
  timeouts.set(client, timeout);
  client
    .query(`set statement_timeout = ${timeout}; set idle_in_transaction_session_timeout = ${timeout}`)
    .catch(() => timeouts.set(client, 'unknown'));
}

function timeoutFor(options: StatementOptions | undefined): Timeout {
  const left = options?.remaining?.() ?? Number.POSITIVE_INFINITY;
  if (left > longestMs) return 'default';
  return 2 ** Math.ceil(Math.log2(Math.max(left, shortestMs)));
}
