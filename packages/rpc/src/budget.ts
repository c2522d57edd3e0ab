import type { MethodDefinition, ServiceDefinition } from '@hotpath/contracts';

/** What one RPC may take, from the service's gRPC service config. */
export type Budget = {
  /** Longest time of a whole unary call, ms; Infinity for streams, which have no total limit. */
  readonly timeoutMs: number;
};

type MethodConfig = {
  readonly name: readonly { readonly service: string; readonly method?: string }[];
  readonly timeout?: string;
};

/**
 * The budget of a method from its definition's service config.
 * Source: https://github.com/grpc/grpc/blob/master/doc/service_config.md
 * @throws Error where a method has no config, a unary one no timeout, or a stream has one.
 */
export function budgetOf(service: ServiceDefinition, method: MethodDefinition): Budget {
  const configs =
    (service.serviceConfig as { readonly methodConfig?: readonly MethodConfig[] }).methodConfig ?? [];
  const config = configs.find(({ name }) =>
    name.some((one) => one.service === service.name && one.method === method.name),
  );
  if (!config) throw new Error(`${method.path} has no budget: give it one in ${configFile(service)}`);
  if (method.kind !== 'unary') {
    if (config.timeout !== undefined) {
      throw new Error(
        `${method.path} is a stream and must have no total timeout: take it out of ${configFile(service)}`,
      );
    }
    return { timeoutMs: Number.POSITIVE_INFINITY };
  }
  if (config.timeout === undefined) {
    throw new Error(`${method.path} has no timeout: give it one in ${configFile(service)}`);
  }
  return { timeoutMs: parseDuration(config.timeout) };
}

function configFile(service: ServiceDefinition): string {
  return `the service config of ${service.name} (protos/*_grpc_service_config.json)`;
}

/** ms of a google.protobuf.Duration in its JSON form ("0.250s"). */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(text);
  if (!match) throw new Error(`"${text}" is no duration such as "0.250s"`);
  return Number(match[1]) * 1000;
}
