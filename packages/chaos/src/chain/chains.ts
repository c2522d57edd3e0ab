import { Chain } from '../generated/index.ts';

const { methodConfig } = Chain.serviceConfig;

/** A retryPolicy for Work in place of its own. */
const retried = (policy: object, throttling?: object) => ({
  ...Chain,
  serviceConfig: {
    methodConfig: methodConfig.map((config) =>
      'retryPolicy' in config ? { ...config, retryPolicy: policy } : config,
    ),
    ...(throttling && { retryThrottling: throttling }),
  },
});

/** The chain as a client knows it, by how that retries. */
export const chains = {
  /** As the shop's gateway: once, where the server was not there, for as long as most calls do not need it. */
  once: Chain,
  /** The same, but a refusal for lack of room is retried too. */
  refusals: retried({
    maxAttempts: 5,
    initialBackoff: '0.005s',
    maxBackoff: '0.020s',
    backoffMultiplier: 2,
    retryableStatusCodes: ['UNAVAILABLE', 'RESOURCE_EXHAUSTED'],
  }),
  /** Five attempts, without a limit on how many calls need them. */
  always: retried({
    maxAttempts: 5,
    initialBackoff: '0.005s',
    maxBackoff: '0.020s',
    backoffMultiplier: 2,
    retryableStatusCodes: ['UNAVAILABLE'],
  }),
  /** Long after the first attempt, so that a caller can leave meanwhile. */
  late: retried({
    maxAttempts: 2,
    initialBackoff: '2s',
    maxBackoff: '2s',
    backoffMultiplier: 1,
    retryableStatusCodes: ['UNAVAILABLE'],
  }),
  /** Never. */
  never: Chain,
} as const;

/** A way to retry. */
export type Retries = keyof typeof chains;

/** Their names, for settings. */
export const retries = Object.keys(chains) as [Retries, ...Retries[]];

/** A chain whose Work may take `ms` instead of what its service config says. */
export function withTimeout(chain: (typeof chains)[Retries], ms: number | undefined) {
  const { serviceConfig } = chain;
  const methodConfig = serviceConfig.methodConfig.map((config) =>
    'timeout' in config && ms !== undefined ? { ...config, timeout: `${ms / 1000}s` } : config,
  );
  return { ...chain, serviceConfig: { ...serviceConfig, methodConfig } };
}
