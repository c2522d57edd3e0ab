import type { Server as GrpcServer, ServerWritableStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { HealthImplementation, type ServingStatus } from 'grpc-health-check';
import { toStatus, unavailable } from './errors.ts';

/** The two states a process reports. */
export type HealthStatus = 'SERVING' | 'NOT_SERVING';

/** The standard health service (grpc.health.v1) and the one state behind it. */
export type Health = {
  /** The state now, for /readyz. */
  readonly status: HealthStatus;
  /** Sets the state of the process ("") and of each of its services; watchers are told. */
  set(status: HealthStatus): void;
  /** Ends Watch streams with UNAVAILABLE: they would hold a draining server open. */
  endWatches(): void;
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
  const watches = new Set<ServerWritableStream<unknown, unknown>>();
  return {
    get status() {
      return status;
    },
    set(next) {
      status = next;
      for (const name of names) standard.setStatus(name, next);
    },
    endWatches() {
      for (const watch of [...watches]) watch.emit('error', toStatus(unavailable('the server is draining')));
    },
    addTo(server) {
      const register: Pick<GrpcServer, 'addService'> = {
        addService(definition, implementation) {
          const { watch } = implementation as {
            watch: (call: ServerWritableStream<unknown, unknown>) => void;
          };
          const tracked: UntypedServiceImplementation = {
            ...implementation,
            watch(call: ServerWritableStream<unknown, unknown>) {
              watches.add(call);
              call.on('cancelled', () => watches.delete(call));
              watch(call);
            },
          };
          server.addService(definition, tracked);
        },
      };
      standard.addToServer(register as GrpcServer);
    },
  };
}
