import type { MethodDefinition, ServiceDefinition } from './codec.ts';

/** What one RPC may take, from the service's gRPC service config. */
export type Budget = {
  /** Longest time of a whole unary call, ms; Infinity for streams, which have no total limit. */
  readonly timeoutMs: number;
  /** How often a unary call may be tried in all, where its channel retries; 1: once. */
  readonly maxAttempts: number;
  /** The limits of a stream; undefined for a unary call. */
  readonly stream: StreamLimits | undefined;
};

/** The limits of a stream, ms. They hold for the messages of the side that streams; of a bidi stream the server. */
export type StreamLimits = {
  /** Until its first message. */
  readonly firstMessageMs: number;
  /** Between two messages. A watch that has nothing to say for so long is opened anew, in case its peer is gone. */
  readonly silenceMs: number;
  /** Until the server ends it, give or take a tenth; its client goes on elsewhere, so that load spreads. */
  readonly ageMs: number;
};

/** One entry of a gRPC service config's `methodConfig`; `stream` is this kit's own. */
type MethodConfig = {
  readonly name: readonly { readonly service: string; readonly method?: string }[];
  readonly timeout?: string;
  readonly retryPolicy?: { readonly maxAttempts: number };
  readonly stream?: { readonly firstMessage: string; readonly silence: string; readonly age: string };
};

/**
 * The budget of a method from its definition's service config.
 * Source: https://github.com/grpc/grpc/blob/master/doc/service_config.md
 * @throws Error where a method has no config, a unary one no timeout, or a stream a total timeout or no limits; where what
 * may have side effects is retried, and where anything is hedged.
 */
export function budgetOf(service: ServiceDefinition, method: MethodDefinition): Budget {
  const config = configOf(service, method);
  const where = `the service config of ${service.name} (protos/*_grpc_service_config.json)`;
  if (!config) throw new Error(`${method.path} has no budget: give it one in ${where}`);
  const { timeout, stream } = config;
  if ('hedgingPolicy' in config) {
    throw new Error(
      `${method.path} is hedged, which budgets do not count: take hedgingPolicy out of ${where}`,
    );
  }
  if (config.retryPolicy && !(method.kind === 'unary' && method.idempotency === 'NO_SIDE_EFFECTS')) {
    throw new Error(
      `${method.path} is retried, which only a unary RPC with idempotency_level = NO_SIDE_EFFECTS may be: take retryPolicy out of ${where}`,
    );
  }
  if (method.kind === 'unary') {
    if (timeout === undefined) throw new Error(`${method.path} has no timeout: give it one in ${where}`);
    const maxAttempts = config.retryPolicy?.maxAttempts ?? 1;
    return { timeoutMs: parseDuration(timeout), maxAttempts, stream: undefined };
  }
  if (timeout !== undefined) {
    throw new Error(`${method.path} is a stream and must have no total timeout: take it out of ${where}`);
  }
  if (!stream) throw new Error(`${method.path} is a stream: give it "stream" limits in ${where}`);
  const limits = {
    firstMessageMs: parseDuration(stream.firstMessage),
    silenceMs: parseDuration(stream.silence),
    ageMs: parseDuration(stream.age),
  };
  return { timeoutMs: Number.POSITIVE_INFINITY, maxAttempts: 1, stream: limits };
}

function configOf(service: ServiceDefinition, method: MethodDefinition): MethodConfig | undefined {
  const { methodConfig = [] } = service.serviceConfig as { readonly methodConfig?: readonly MethodConfig[] };
  return methodConfig.find(({ name }) =>
    name.some((one) => one.service === service.name && one.method === method.name),
  );
}

/** ms of a google.protobuf.Duration in its JSON form ("0.250s"). */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(text);
  if (!match) throw new Error(`"${text}" is no duration such as "0.250s"`);
  return Number(match[1]) * 1000;
}
