import { randomUUID } from 'node:crypto';
import type { ServerCredentials } from '@grpc/grpc-js';
import {
  type Code,
  createServer,
  implement,
  Metadata,
  plaintext,
  RpcError,
  type ServerCall,
} from '@hotpath/rpc';
import { type EchoStatus, PayloadType, TestService } from './generated/index.ts';

export const ECHO_INITIAL = 'x-grpc-test-echo-initial';
export const ECHO_TRAILING = 'x-grpc-test-echo-trailing-bin';

const { unimplementedCall: _, ...methods } = TestService.methods;
/** TestService as servers have it. */
const ServedTestService = { ...TestService, methods };

/**
 * Serves TestService with the kit on a free port of the loopback interface.
 * Source: https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md#server
 */
export async function startKitServer(
  credentials: ServerCredentials,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const serverId = randomUUID();
  const server = createServer({
    services: [ServedTestService],
    security: { ...plaintext('insecure'), serverCredentials: credentials },
    onInternal: (_id, { path }, thrown) => console.error(`${path}:`, thrown),
  });
  const port = await server.listen('127.0.0.1:0');
  server.open([
    implement(ServedTestService, {
      emptyCall: () => ({}),
      unaryCall(request, call) {
        echo(call);
        fail(request.responseStatus);
        return {
          payload: payload(request.responseType, request.responseSize),
          serverId: request.fillServerId ? serverId : '',
        };
      },
      async *streamingOutputCall(request) {
        for (const { size } of request.responseParameters)
          yield { payload: payload(request.responseType, size) };
      },
      async streamingInputCall(requests) {
        let aggregatedPayloadSize = 0;
        for await (const { payload } of requests) aggregatedPayloadSize += payload?.body.length ?? 0;
        return { aggregatedPayloadSize };
      },
      async *fullDuplexCall(requests, call) {
        echo(call);
        for await (const request of requests) {
          fail(request.responseStatus);
          for (const { size } of request.responseParameters) {
            yield { payload: payload(request.responseType, size) };
          }
        }
      },
    }),
  ]);
  return { port, close: () => server.drain(1_000) };
}

function payload(type: PayloadType, size: number) {
  if (type !== PayloadType.COMPRESSABLE) throw new Error(`there is no payload of type ${type}`);
  return { type, body: new Uint8Array(size) };
}

/** Sends the request's echo metadata back, one as a header, one as a trailer. */
function echo(call: ServerCall): void {
  const [initial] = call.metadata.get(ECHO_INITIAL);
  if (initial !== undefined) {
    const headers = new Metadata();
    headers.set(ECHO_INITIAL, initial);
    call.sendHeaders(headers);
  }
  const [trailing] = call.metadata.get(ECHO_TRAILING);
  if (trailing !== undefined) call.trailers.set(ECHO_TRAILING, trailing);
}

/** Answers with the status that the request asks for. */
function fail(status: EchoStatus | undefined): void {
  if (status && status.code !== 0) throw new RpcError(status.code as Code, status.message);
}
