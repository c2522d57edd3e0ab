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

/** What is told of an attempt at a call. */
export type AttemptListener = {
  onReceiveMetadata(headers: Metadata): void;
  onReceiveMessage(message: unknown): void;
  onReceiveStatus(status: StatusObject): void;
};
type Start = (metadata: Metadata, listener: AttemptListener) => void;

type ChannelInternals = {
  readonly internalChannel: {
    createLoadBalancingCall(
      config: { readonly methodConfig: { readonly retryPolicy?: object } },
      path: string,
      ...init: unknown[]
    ): { start: Start };
  };
};

/** Which RPC an attempt is at, and whether its service config lets it be tried again. */
export type Attempted = { readonly path: string; readonly retried: boolean };

/** Has each attempt at a channel's calls, the first included, begun by `begin`. */
export function attemptsOf(
  channel: object,
  begin: (start: Start, metadata: Metadata, listener: AttemptListener, attempted: Attempted) => void,
): void {
  const { internalChannel } = channel as ChannelInternals;
  const create = internalChannel.createLoadBalancingCall;
  internalChannel.createLoadBalancingCall = function (config, path, ...init) {
    const attempt = create.call(this, config, path, ...init);
    const start: Start = attempt.start.bind(attempt);
    const attempted = { path, retried: config.methodConfig.retryPolicy !== undefined };
    attempt.start = (metadata, listener) => begin(start, metadata, listener, attempted);
    return attempt;
  };
}
