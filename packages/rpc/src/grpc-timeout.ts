import { subscribe } from 'node:diagnostics_channel';
import type { IncomingHttpHeaders } from 'node:http2';

/** Longest timeout that a caller can ask for, ms: one day. More is taken as this much. */
const MAX_TIMEOUT_MS = 24 * 60 * 60 * 1000;
const HEADER = 'grpc-timeout';

/** Set for the server on calls whose timeout was malformed; a caller that sends it itself loses it. */
export const BAD_TIMEOUT_HEADER = 'hotpath-bad-grpc-timeout';

const msPerUnit: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/**
 * ms of a `grpc-timeout` header: at most eight digits and a unit; undefined for anything else.
 * Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export function parseTimeout(text: string): number | undefined {
  const match = /^(\d{1,8})([HMSmun])$/.exec(text);
  return match
    ? Math.min(Number(match[1]) * (msPerUnit[match[2] as string] as number), MAX_TIMEOUT_MS)
    : undefined;
}

let hooked = false;

/**
 * Makes every HTTP/2 server of this process read `grpc-timeout` strictly. grpc-js takes parts of malformed
 * values, overflows on large ones into a deadline that has passed, and removes the header before interceptors
 * run; Node tells of a new stream before grpc-js sees it, with the very headers that grpc-js will read.
 */
export function hookTimeoutHeader(): void {
  if (hooked) return;
  hooked = true;
  subscribe('http2.server.stream.created', (message) => {
    const { headers } = message as { headers: IncomingHttpHeaders };
    delete headers[BAD_TIMEOUT_HEADER];
    const text = headers[HEADER];
    if (text === undefined) return;
    const ms = typeof text === 'string' ? parseTimeout(text) : undefined;
    if (ms === undefined) {
      delete headers[HEADER];
      headers[BAD_TIMEOUT_HEADER] = '1';
    } else {
      // In ms grpc-js reads every value exactly. A part of a millisecond is rounded up: it is not yet spent.
      headers[HEADER] = `${Math.ceil(ms)}m`;
    }
  });
}
