import type {
  Server as GrpcServer,
  Metadata,
  ServiceDefinition,
  sendUnaryData,
  UntypedHandleCall,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { type RpcError, toStatus, unavailable } from './errors.ts';
import { refusedHeaders } from './request-headers.ts';

/** What grpc-js gives a handler, as far as it is of use here. */
type RawCall = {
  readonly metadata: Metadata;
  emit(event: 'error', status: object): void;
  on(event: 'cancelled', hook: () => void): void;
};
type RawHandler = (call: RawCall, callback?: sendUnaryData<unknown>) => void;

/** Services that others have written for grpc-js, on a server of the kit. */
export type ReadyMade = {
  /** A stand-in for the server, to which such a service adds itself. Callers that `refuse` has an error for get that. */
  server(refuse?: (call: object) => RpcError | undefined): GrpcServer;
  /** Ends their open streams with UNAVAILABLE: they would hold a draining server open. */
  endStreams(): void;
};

/** Hosts ready-made services (health, reflection, channelz), which the policies do not pass through. */
export function readyMade(grpc: GrpcServer): ReadyMade {
  const streams = new Set<RawCall>();
  const host = (handler: RawHandler, refusalOf: (call: object) => RpcError | undefined): RawHandler => {
    return (call, callback) => {
      const refusal = refusedHeaders(call.metadata) ?? refusalOf(call);
      if (callback) return refusal ? callback(toStatus(refusal)) : handler(call, callback);
      if (refusal) return call.emit('error', toStatus(refusal));
      streams.add(call);
      call.on('cancelled', () => streams.delete(call));
      handler(call);
    };
  };
  return {
    server(refuse = () => undefined) {
      const stand: Pick<GrpcServer, 'addService'> = {
        addService(definition: ServiceDefinition, implementation: UntypedServiceImplementation) {
          const hosted = Object.entries(implementation).map(([name, handler]) => [
            name,
            host((handler as RawHandler).bind(implementation), refuse) as UntypedHandleCall,
          ]);
          grpc.addService(definition, Object.fromEntries(hosted));
        },
      };
      return stand as GrpcServer;
    },
    endStreams() {
      for (const call of [...streams]) call.emit('error', toStatus(unavailable('the server is draining')));
    },
  };
}
