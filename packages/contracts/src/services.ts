import type { ServiceDefinition } from './codec.ts';
import * as generated from './generated/index.ts';

/** Every service that protos/ declares, by the order of their names. */
export const services: readonly ServiceDefinition[] = Object.values(generated).filter(
  (one) => 'serviceConfig' in one,
);
