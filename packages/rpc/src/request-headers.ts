import { subscribe } from 'node:diagnostics_channel';
import type { IncomingHttpHeaders } from 'node:http2';
import { type Metadata, setLogger } from '@grpc/grpc-js';
import { transport } from './channel.ts';
import { invalidArgument, type RpcError, resourceExhausted } from './errors.ts';
import { parseTimeout } from './grpc-timeout.ts';
import { defended } from './trials.ts';

const TIMEOUT = 'grpc-timeout';

/** Names the header that a call is refused for; a caller that sends it itself loses it. */
const REFUSED = 'hotpath-refused-header';

/** Longest time of a unary call in this process, ms, by its path. */
const budgets = new Map<string, number>();

let hooked = false;

/**
 * Bounds the calls of a path from their first byte: grpc-js calls the handler, and the kit's clock starts, only when
 * the whole request is there, for which a caller could let it wait for ever.
 * @param budgetMs Infinity: no bound
 */
export function boundTimeout(path: string, budgetMs: number): void {
  if (defended('deadlines')) budgets.set(path, budgetMs);
}

/**
 * Makes every HTTP/2 server of this process read headers strictly. grpc-js takes parts of malformed timeouts,
 * overflows on large ones into a deadline that has passed, and removes the header before interceptors run; it has
 * no limit on their size, and Node's own holds for callers that respect it. Node tells of a new stream before
 * grpc-js sees it, with the very headers that grpc-js will read.
 */
export function hookRequestHeaders(): void {
  if (hooked) return;
  hooked = true;
  subscribe('http2.server.stream.created', (message) => {
    const { headers } = message as { headers: IncomingHttpHeaders };
    delete headers[REFUSED];
    if (sizeOf(headers) > transport.maxHeaderBytes) headers[REFUSED] = '*';
    bound(headers);
  });
  // grpc-js would print headers that metadata cannot hold, with their values: a stranger's text, or a secret; and a
  // taken port, of which the error that it also gives says more.
  const untold = ['Failed to add metadata entry', 'No address added out of total'];
  setLogger({
    error(text: string) {
      if (!untold.some((start) => text.startsWith(start))) process.stderr.write(`grpc-js: ${text}\n`);
    },
  });
}

/** Why a call is refused for its headers; undefined where they are good. */
export function refusedHeaders(metadata: Metadata): RpcError | undefined {
  const [header] = metadata.get(REFUSED);
  if (header === undefined) return undefined;
  return header === TIMEOUT
    ? invalidArgument(TIMEOUT, 'must be up to eight digits and one of H M S m u n')
    : resourceExhausted(`the headers are larger than ${transport.maxHeaderBytes} bytes`);
}

/** Bytes as HTTP/2 counts them (RFC 9113, 6.5.2), but one name sent many times as one. */
function sizeOf(headers: IncomingHttpHeaders): number {
  let bytes = 0;
  for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0) + 32;
  return bytes;
}

function bound(headers: IncomingHttpHeaders): void {
  const text = headers[TIMEOUT];
  let ms = budgets.get(headers[':path'] as string) ?? Number.POSITIVE_INFINITY;
  if (text !== undefined) {
    const given = parseTimeout(String(text));
    if (given === undefined) headers[REFUSED] ??= TIMEOUT;
    else ms = Math.min(given, ms);
  }
  // In ms grpc-js reads every value exactly. A part of a millisecond is rounded up: it is not yet spent.
  if (ms === Number.POSITIVE_INFINITY) delete headers[TIMEOUT];
  else headers[TIMEOUT] = `${Math.ceil(ms)}m`;
}
