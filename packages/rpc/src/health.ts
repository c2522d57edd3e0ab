import type { Server as GrpcServer } from '@grpc/grpc-js';
import { HealthImplementation, type ServingStatus } from 'grpc-health-check';

/** The two states a process reports. */
export type HealthStatus = 'SERVING' | 'NOT_SERVING';

/** The standard health service (grpc.health.v1) and the one state behind it. */
export type Health = {
  /** The state now, for /readyz. */
  readonly status: HealthStatus;
  /** Sets the state of the process ("") and of each of its services; watchers are told. */
  set(status: HealthStatus): void;
  /** @internal */
  addTo(server: GrpcServer): void;
};

/**
 * Health of the named services, NOT_SERVING at first.
 * Source: https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
export function createHealth(services: readonly string[]): Health {
  const names = ['', ...services];
  let status: HealthStatus = 'NOT_SERVING';
  const standard = new HealthImplementation(
    Object.fromEntries(names.map((name): [string, ServingStatus] => [name, status])),
  );
  return {
    get status() {
      return status;
    },
    set(next) {
      status = next;
      for (const name of names) standard.setStatus(name, next);
    },
    addTo: (server) => standard.addToServer(server),
  };
}
