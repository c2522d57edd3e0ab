import { finished, type Readable, type Writable } from 'node:stream';
import type { ServiceError } from '@grpc/grpc-js';
import { type Call, untilEnd } from './call.ts';
import { Code } from './code.ts';
import { cancelled, RpcError } from './errors.ts';
import { isMidMessage } from './grpc-internals.ts';

/**
 * The messages that arrive on a grpc-js stream. Ends with the stream; throws the call's cause when it ended
 * early, else what `fail` makes of grpc-js's error; on a server INTERNAL where the last message is cut off.
 */
export async function* received(
  call: Call,
  stream: Readable,
  fail: (error: ServiceError) => RpcError,
): AsyncGenerator<unknown> {
  // After the reader has left, grpc-js still reports the cancellation as an error event.
  stream.on('error', () => {});
  try {
    yield* messagesOf(stream);
  } catch (error) {
    throw call.cause ?? fail(error as ServiceError);
  }
  call.throwIfEnded();
  throwIfCutOff(stream);
}

/**
 * What a stream's own iterator gives, but the stream is never destroyed by its reader, not even when it fails: a bidi
 * stream is still being written to, and its status comes after what waits to be sent.
 */
async function* messagesOf(stream: Readable): AsyncGenerator<unknown> {
  let end: { error: Error | null | undefined } | undefined;
  let wake = () => {};
  stream.on('readable', () => wake());
  finished(stream, { writable: false }, (error) => {
    end = { error };
    wake();
  });
  for (;;) {
    const message: unknown = stream.destroyed ? null : stream.read();
    if (message !== null) yield message;
    else if (end?.error) throw end.error;
    else if (end) return;
    else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

/**
 * Throws INTERNAL where a request has ended in the middle of a message: grpc-js drops that part, and the messages
 * before it would pass for all.
 * @param call grpc-js's call on the server, or its stream
 */
export function throwIfCutOff(call: object): void {
  if (isMidMessage(call)) throw new RpcError(Code.INTERNAL, 'the request ends in the middle of a message');
}

/**
 * Writes messages to a grpc-js stream as fast as its reader takes them. Rejects with the call's cause if it
 * ends first, with what the messages' source throws, and in both cases tells the source to stop.
 * @param mind minds a stream that takes no more for now, until what it returns is called
 */
export async function sendAll(
  call: Call,
  messages: AsyncIterable<unknown>,
  stream: Writable,
  mind?: (call: Call, stream: Writable) => () => void,
): Promise<void> {
  const iterator = messages[Symbol.asyncIterator]();
  let done = false;
  try {
    for (;;) {
      const next = await untilEnd(call, iterator.next());
      if (next.done) {
        done = true;
        return;
      }
      if (!stream.write(next.value)) {
        const stopMinding = mind?.(call, stream);
        await untilEnd(call, drained(stream)).finally(stopMinding);
      }
    }
  } finally {
    // Not awaited: a source that is waiting for something comes to its end when its signal wakes it.
    if (!done) iterator.return?.().catch(() => {});
  }
}

function drained(stream: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stream.destroyed) return reject(cancelled('the stream was closed'));
    const settle = () => {
      stream.off('drain', settle);
      stream.off('close', settle);
      resolve();
    };
    stream.on('drain', settle);
    stream.on('close', settle);
  });
}
