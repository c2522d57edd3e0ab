import type { ServiceDefinition } from '@hotpath/contracts';
import type { z } from 'zod';
import type { CallersOf } from './authorize.ts';
import type { Implementation } from './implement.ts';
import { type ProcessContext, type ProcessInit, runProcess } from './process.ts';
import { createServer } from './server.ts';

/** A gRPC service as a process. */
export type ServeInit<Shape extends z.ZodRawShape> = Omit<ProcessInit<Shape>, 'open'> & {
  /** What it serves. */
  readonly services: readonly ServiceDefinition[];
  /** Who may call which RPC; asked with mutual TLS only. Without it every process that has proven who it is. */
  readonly callersOf?: CallersOf;
  /** The folder of the .proto files, for reflection. */
  readonly protos?: URL;
  /** Opens its database and clients and returns its handlers; until then it is alive, but not SERVING. */
  open(context: Omit<ProcessContext<Shape>, 'listening'>): Promise<readonly Implementation[]>;
};

/**
 * The whole of a service's main: settings, admin port, gRPC port with health, the handlers that `open`
 * returns, and a drain at the end that loses no call.
 */
export function serve<Shape extends z.ZodRawShape>(init: ServeInit<Shape>): Promise<void> {
  return runProcess({
    ...init,
    async open(context) {
      const { log, inspection } = context;
      const server = createServer({
        services: init.services,
        security: context.security,
        callersOf: init.callersOf,
        reflection: inspection.GRPC_REFLECTION ? init.protos : undefined,
        channelz: inspection.GRPC_CHANNELZ,
        onInternal: (id, call, thrown) =>
          log.error(
            { id, path: call.path, ...context.security.callerForLog(call), err: thrown },
            'internal error',
          ),
      });
      context.readyWhen(() => (server.health.status === 'SERVING' ? undefined : server.health.status));
      context.listening(await server.listen(`${context.host}:${context.port}`));
      const implementations = await init.open(context);
      // The last to be registered is the first to be closed: calls end before what they need.
      context.onClose(() => server.drain(context.graceMs));
      server.open(implementations);
    },
  });
}
