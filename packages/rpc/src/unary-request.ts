import { type Channel as GrpcChannel, status as Status } from '@grpc/grpc-js';
import { decode, encode, type MethodDefinition } from '@hotpath/contracts';
import type { ClientCall } from './client-call.ts';
import { Code } from './code.ts';
import { fromStatus, RpcError, unavailable } from './errors.ts';

/**
 * Makes unary calls on grpc-js's channel itself, below its client class: the interceptors, emitter and stack trace
 * that the class makes for each are a tenth of a call's cost, and nothing here uses them.
 */
export function unaryRequest(channel: GrpcChannel, method: MethodDefinition) {
  const { path, request: requestType, response: responseType } = method;

  /** @param deadline Unix ms, or Infinity */
  return (call: ClientCall, request: unknown, deadline: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const { onHeaders, onTrailers } = call.options;
      let response: unknown;
      let failure: RpcError | undefined;
      const fail = (error: RpcError) => {
        // First the outcome, then the call's end: that also stops what it has left running.
        reject(error);
        call.complete(error.code);
      };

      let stream: ReturnType<GrpcChannel['createCall']>;
      let bytes: Buffer;
      try {
        bytes = encode(requestType, request as never);
        stream = channel.createCall(path, deadline, undefined, null, undefined);
      } catch (thrown) {
        const closed = thrown instanceof Error && thrown.message.includes('shut down');
        return fail(
          closed
            ? unavailable(`${path}: its channel is closed`)
            : new RpcError(Code.INTERNAL, `${path}: the request cannot be encoded`, {}, thrown),
        );
      }
      stream.start(call.metadata, {
        onReceiveMetadata(headers) {
          onHeaders?.(headers);
        },
        onReceiveMessage(message: Buffer) {
          try {
            response = decode(responseType, message);
          } catch (thrown) {
            failure = new RpcError(Code.INTERNAL, `${path}: the response cannot be decoded`, {}, thrown);
            stream.cancelWithStatus(Status.INTERNAL, failure.message);
          }
        },
        onReceiveStatus(status) {
          off();
          onTrailers?.(status.metadata);
          if (call.cause) fail(call.cause);
          else if (failure) fail(failure);
          else if (status.code !== Status.OK) fail(fromStatus(status));
          else if (response === undefined) {
            fail(new RpcError(Code.UNIMPLEMENTED, `${path}: the server answered OK without a message`));
          } else {
            resolve(response);
            call.complete(Code.OK);
          }
        },
      });
      stream.startRead();
      stream.sendMessageWithContext({}, bytes);
      stream.halfClose();
      const off = call.onEnd((cause) => {
        reject(cause);
        stream.cancelWithStatus(Status.CANCELLED, 'the caller left');
      });
    });
}
