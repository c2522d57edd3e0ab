import type { Channel as GrpcChannel } from '@grpc/grpc-js';
import { retriedCalls } from '@hotpath/telemetry';
import { attemptsOf } from './grpc-internals.ts';
import { hostOf } from './identity.ts';

/** grpc-js tells the server with it which attempt this is; it lacks at the first. */
const previousAttempts = 'grpc-previous-rpc-attempts';

/** Counts what a channel tries again: grpc-js does so by itself, below every policy. */
export function countRetries(channel: GrpcChannel): void {
  attemptsOf(channel, (start, metadata, listener, path) => {
    if (metadata.get(previousAttempts).length > 0) retriedCalls.inc(labelsOf(path));
    start(metadata, listener);
  });
}

/** What the retries of an RPC are counted by. */
export function labelsOf(path: string): { readonly rpc_method: string; readonly peer: string } {
  const [, service = '', method] = path.split('/');
  return { rpc_method: `${service}/${method}`, peer: hostOf(service) };
}
