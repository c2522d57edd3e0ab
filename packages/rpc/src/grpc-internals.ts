import type { ServerHttp2Stream, ServerOptions } from 'node:http2';
import type { Metadata, StatusObject } from '@grpc/grpc-js';

/**
 * What grpc-js keeps to itself, of a call on the server or its stream. Its version is pinned, and the tests of who uses
 * this fail where another has it elsewhere.
 */
type Internals = {
  readonly call?: {
    readonly stream?: ServerHttp2Stream;
    /** Splits the body into messages; 0: it is between two. */
    readonly decoder?: { readonly readState: number };
  };
};

/** The HTTP/2 stream of a call on the server. */
export function http2Of(call: object): ServerHttp2Stream | undefined {
  return (call as Internals).call?.stream;
}

/** Whether what has come of a call's request ends in the middle of a message; false on a client. */
export function isMidMessage(call: object): boolean {
  return ((call as Internals).call?.decoder?.readState ?? 0) !== 0;
}

/** Sets what a server takes on each connection before it ends that. To be called before it listens. */
export function limitStreams(
  server: object,
  { resetsPerSecond, refused }: { readonly resetsPerSecond: number; readonly refused: number },
): void {
  const { commonServerOptions } = server as { readonly commonServerOptions: ServerOptions };
  Object.assign(commonServerOptions, {
    streamResetBurst: resetsPerSecond,
    streamResetRate: resetsPerSecond,
    maxSessionRejectedStreams: refused,
  });
}

/** What a call under way is told. */
type Listener = { onReceiveStatus(status: StatusObject): void };
type Start = (metadata: Metadata, listener: Listener) => void;

type ChannelInternals = {
  readonly internalChannel: { createLoadBalancingCall(...init: unknown[]): { start: Start } };
};

/** Has each attempt at a channel's calls, the first included, begun by `begin`; `path` is the RPC's. */
export function attemptsOf(
  channel: object,
  begin: (start: Start, metadata: Metadata, listener: Listener, path: string) => void,
): void {
  const { internalChannel } = channel as ChannelInternals;
  const create = internalChannel.createLoadBalancingCall;
  internalChannel.createLoadBalancingCall = function (...init) {
    const attempt = create.apply(this, init);
    const start: Start = attempt.start.bind(attempt);
    attempt.start = (metadata, listener) => begin(start, metadata, listener, init[1] as string);
    return attempt;
  };
}
