import type { ClientHttp2Session, OutgoingHttpHeaders } from 'node:http2';
import { encode } from '@hotpath/contracts';
import { Chain } from './generated/index.ts';

const { path, request } = Chain.methods.work;

/**
 * Calls Work by HTTP/2 alone, with headers as they are given: no client in between mends them or gives up by itself.
 * @returns the grpc-status, or `reset N` where the stream is reset without one
 */
export function rawWork(session: ClientHttp2Session, headers: OutgoingHttpHeaders = {}): Promise<string> {
  return new Promise((resolve) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let status: unknown;
    stream.on('response', (response) => {
      status = response['grpc-status'];
    });
    stream.on('trailers', (trailers) => {
      status = trailers['grpc-status'];
    });
    stream.on('error', () => {});
    stream.on('close', () => resolve(status === undefined ? `reset ${stream.rstCode}` : String(status)));
    stream.resume();
    const message = encode(request, { id: 'raw' });
    const frame = Buffer.alloc(5 + message.length);
    frame.writeUInt32BE(message.length, 1);
    message.copy(frame, 5);
    stream.end(frame);
  });
}
