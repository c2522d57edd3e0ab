import {
  type ChannelCredentials,
  type ChannelOptions,
  connectivityState,
  credentials,
  Channel as GrpcChannel,
} from '@grpc/grpc-js';

import { tracing } from '@hotpath/telemetry';
import { watchAttempts } from './attempts.ts';
import { limitCalls } from './client-queue.ts';
import type { Policy } from './policy.ts';
import { watchRetries } from './retries.ts';
import { defended } from './trials.ts';

/** Settings of every channel and server, each with its reason. */
export const transport = {
  /** Largest message, bytes: a batch of 500 prices is 40 KB; an import's chunk of 1,000 lines 60 KB. */
  maxMessageBytes: 4 * 1024 * 1024,
  /** Largest set of headers of a request, bytes; grpc-js has no limit (request-headers.ts). */
  maxHeaderBytes: 16 * 1024,
  /** A dead peer is found after time + timeout, ms, also when its machine vanished without a FIN. */
  keepaliveTimeMs: 20_000,
  keepaliveTimeoutMs: 5_000,
  /** How often a headless Service's name is asked again, ms: grpc-js's own 30 s is how long new pods idle. */
  dnsMinTimeMs: 5_000,
  /** Longest wait between attempts to connect, ms; grpc-js's 120 s would outlast any restart. */
  maxReconnectBackoffMs: 1_000,
  /**
   * How long a connection lives where no mesh balances, ms, unless MAX_CONNECTION_AGE_MS says otherwise: then its client
   * asks for the name again, opens a new one and so finds new replicas. It has no grace: calls in flight end by their
   * budgets and streams by their own age.
   */
  maxConnectionAgeMs: 300_000,
  /** Streams per connection, and of a channel over all of its connections: above that, calls wait in the client. */
  maxConcurrentStreams: 1_000,
  /**
   * Streams per connection and second that its client may reset, as it does with each call whose time is over. At Node's
   * own 33 the server ends the connection, and all its calls by INTERNAL, when a service is slow under load; an attack
   * by resets (CVE-2023-44487) makes many times more.
   */
  maxResetsPerSecond: 10_000,
  /**
   * Streams per connection, over its life, that may come while there is no room for more; each is refused alone, by
   * ENHANCE_YOUR_CALM. At Node's own 100 the server ends the connection, and all its calls by INTERNAL, when it has stood still
   * under load: what was opened and given up meanwhile then comes at once.
   */
  maxRefusedStreams: 1_000_000,
} as const;

/** A connection pool to one service, shared by its clients. */
export type Channel = {
  /** The address it was opened for. */
  readonly address: string;
  /** @internal grpc-js's own channel. */
  readonly grpc: GrpcChannel;
  /** @internal What all its clients' calls queue in. */
  readonly queue: Policy;
  /** @internal Whether its calls are tried again. */
  readonly retries: boolean;
  /** Closes it: calls in flight end, later ones fail. */
  close(): void;
};

type ServiceConfig = {
  readonly methodConfig?: readonly { readonly timeout?: string }[];
  readonly retryThrottling?: object;
};

/** What `openChannel` is told. */
export type ChannelInit = {
  /** Defaults to plaintext. */
  readonly credentials?: ChannelCredentials;
  /** The gRPC service config of the service behind it; retries and throttling come from it. */
  readonly serviceConfig?: ServiceConfig;
  /** Whether calls are retried as it says; by default they are not. */
  readonly retries?: boolean | undefined;
  /** Whether channelz counts its calls; for nothing, unless a server of this process shows it. */
  readonly channelz?: boolean;
};

/**
 * Opens a channel to `host:port` and begins to connect. Calls are spread over all
 * addresses of the name (round_robin), so a headless Service balances without a mesh.
 */
export function openChannel(address: string, init: ChannelInit = {}): Channel {
  const retries = init.retries === true && defended('retries');
  const options: ChannelOptions = {
    'grpc.max_receive_message_length': transport.maxMessageBytes,
    'grpc.max_send_message_length': transport.maxMessageBytes,
    ...(defended('keepalive') && {
      'grpc.keepalive_time_ms': transport.keepaliveTimeMs,
      'grpc.keepalive_timeout_ms': transport.keepaliveTimeoutMs,
      'grpc.keepalive_permit_without_calls': 1,
    }),
    'grpc.dns_min_time_between_resolutions_ms': transport.dnsMinTimeMs,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': transport.maxReconnectBackoffMs,
    // A pool of its own: a channel's close really closes its connections.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_channelz': init.channelz ? 1 : 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.service_config': JSON.stringify({
      loadBalancingConfig: [{ [defended('balancing') ? 'round_robin' : 'pick_first']: {} }],
      ...forGrpcJs(init.serviceConfig, retries),
    }),
  };
  const grpc = new GrpcChannel(address, init.credentials ?? credentials.createInsecure(), options);
  if (retries) watchRetries(grpc);
  if (tracing && retries) watchAttempts(grpc);
  grpc.getConnectivityState(true); // connects now: the first call need not pay for it
  const asking = setInterval(() => askAgain(grpc), transport.maxReconnectBackoffMs).unref();
  return {
    address,
    grpc,
    retries,
    queue: limitCalls(transport.maxConcurrentStreams, address),
    close() {
      clearInterval(asking);
      grpc.close();
    },
  };
}

/**
 * Looks up a name that was not found, as that of a headless Service is while it has no ready pod. grpc-js by itself
 * does so only when a call comes, and fails that call.
 */
function askAgain(grpc: GrpcChannel): void {
  if (grpc.getConnectivityState(false) === connectivityState.TRANSIENT_FAILURE)
    grpc.getConnectivityState(true);
}

/**
 * What grpc-js is told of a service config: retries where they are wanted, and their throttling. The timeouts are this
 * kit's to keep; besides, grpc-js reads the fraction of "0.500s" as 500 ns and ends such a call at once.
 */
function forGrpcJs({ methodConfig, retryThrottling }: ServiceConfig = {}, retries = false): object {
  if (!retries) return {};
  return {
    methodConfig: methodConfig?.map(({ timeout: _, ...rest }) => rest),
    ...(defended('retry-throttling') && { retryThrottling }),
  };
}
