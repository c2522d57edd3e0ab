import { constants } from 'node:http2';
import type { Writable } from 'node:stream';
import type { Call } from './call.ts';
import { resourceExhausted } from './errors.ts';
import { http2Of } from './grpc-internals.ts';
import { defended } from './trials.ts';

/** How long a reader may take nothing while messages wait for it, ms: what waits behind them is held in memory. */
export const SLOW_READER_MS = 5_000;

const limited = defended('slow-readers');

/**
 * Minds a server's stream that has stopped taking messages until the returned function is called. If its reader takes
 * none for `ms`, it ends by RESOURCE_EXHAUSTED and a reset: a status would wait behind the messages.
 */
export function mindReader(call: Call, stream: Writable, ms = SLOW_READER_MS): () => void {
  if (!limited) return () => {};
  let waiting = stream.writableLength;
  const timer = setInterval(() => {
    if (stream.writableLength < waiting) {
      waiting = stream.writableLength;
      return;
    }
    clearInterval(timer);
    call.end(resourceExhausted(`${call.path}: its reader took nothing for ${ms} ms`));
    // gRPC gives this reset the meaning RESOURCE_EXHAUSTED.
    // Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md (errors)
    http2Of(stream)?.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }, ms);
  return () => clearInterval(timer);
}
