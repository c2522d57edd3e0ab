import { type Channel as GrpcChannel, type Metadata, status as Status } from '@grpc/grpc-js';
import { retriedCalls } from '@hotpath/telemetry';
import { type AttemptListener, attemptsOf } from './grpc-internals.ts';
import { hostOf } from './identity.ts';

/** grpc-js tells the server with it which attempt this is; it lacks at the first. */
const previousAttempts = 'grpc-previous-rpc-attempts';

/** Counts what a channel tries again, which grpc-js does by itself, below every policy; and lets it for longer. */
export function watchRetries(channel: GrpcChannel): void {
  attemptsOf(channel, (start, metadata, listener, { path, retried }) => {
    if (metadata.get(previousAttempts).length > 0) retriedCalls.inc(labelsOf(path));
    start(metadata, retried ? allAtOnce(listener) : listener);
  });
}

/**
 * Tells of an attempt at a unary RPC only when it is over, and of its answer only if that is OK. A call is no longer
 * tried again once its answer has begun (gRFC A6), and a server on Node sends the status some 0.3 ms after the message:
 * one that is killed in between would take with it a read whose answer nobody has seen.
 */
function allAtOnce(listener: AttemptListener): AttemptListener {
  let headers: Metadata | undefined;
  let message: unknown;
  return {
    onReceiveMetadata(received) {
      headers = received;
    },
    onReceiveMessage(received) {
      message = received;
    },
    onReceiveStatus(status) {
      if (status.code === Status.OK) {
        if (headers) listener.onReceiveMetadata(headers);
        if (message !== undefined) listener.onReceiveMessage(message);
      }
      listener.onReceiveStatus(status);
    },
  };
}

/** What the retries of an RPC are counted by. */
export function labelsOf(path: string): { readonly rpc_method: string; readonly peer: string } {
  const [, service = '', method] = path.split('/');
  return { rpc_method: `${service}/${method}`, peer: hostOf(service) };
}
