import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';

/** What a raw call sends. */
export type RawCallInit = {
  /** `/package.Service/Method`. */
  readonly path: string;
  /** Added to a gRPC call's usual ones, or instead of them. */
  readonly headers?: OutgoingHttpHeaders;
  /** The body, one DATA frame each, as far as HTTP/2 allows; defaults to nothing. */
  readonly frames?: readonly Uint8Array[];
  /** Whether the body ends after them; true by default. */
  readonly end?: boolean;
};

/** How a raw call ended. What did not come is undefined. */
export type RawAnswer = {
  readonly httpStatus: number | undefined;
  readonly code: number | undefined;
  /** The status's text; '' where there is none. */
  readonly message: string;
  /** HTTP/2's error code; 0 where the stream was not reset. */
  readonly reset: number;
};

/** A call by bare HTTP/2, for what no gRPC client would send. `answer` resolves however it ends. */
export function rawCall(
  session: ClientHttp2Session,
  { path, headers = {}, frames = [], end = true }: RawCallInit,
): { readonly stream: ClientHttp2Stream; readonly answer: Promise<RawAnswer> } {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  void send(stream, frames, end);
  const answer = new Promise<RawAnswer>((resolve) => {
    const got: Record<string, unknown> = {};
    const settle = () => {
      const code = got['grpc-status'];
      resolve({
        httpStatus: got[':status'] as number | undefined,
        code: code === undefined ? undefined : Number(code),
        message: decodeURIComponent(String(got['grpc-message'] ?? '')),
        reset: stream.rstCode ?? 0,
      });
      stream.close();
    };
    stream.on('response', (response) => Object.assign(got, response));
    stream.on('trailers', (trailers) => Object.assign(got, trailers));
    stream.on('error', () => {});
    // A server may have answered although the body has not ended; the stream closes only when both have.
    stream.on('end', settle);
    stream.on('close', settle);
    stream.resume();
  });
  return { stream, answer };
}

/** A message with the five bytes that gRPC puts before it; `flag` 1 says that it is compressed. */
export function framed(message: Uint8Array, flag = 0, length = message.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flag);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

/** Writes made without waiting would be joined in one DATA frame. */
async function send(stream: ClientHttp2Stream, frames: readonly Uint8Array[], end: boolean): Promise<void> {
  for (const frame of frames) {
    if (stream.destroyed || stream.closed) return;
    await new Promise((resolve) => stream.write(frame, resolve));
  }
  if (end) stream.end();
}
