import { callersOf, type ServiceDefinition } from '@hotpath/contracts';
import { z } from 'zod';
import { transport } from './channel.ts';
import type { Implementation } from './implement.ts';
import { type ProcessContext, type ProcessInit, runProcess } from './process.ts';
import { createServer } from './server.ts';
import { parseSettings } from './settings.ts';

/** A gRPC service as a process. */
export type ServeInit<Shape extends z.ZodRawShape> = Omit<ProcessInit<Shape>, 'open'> & {
  /** What it serves. */
  readonly services: readonly ServiceDefinition[];
  /** The folder of the .proto files, for reflection. */
  readonly protos?: URL;
  /** Opens its database and clients and returns its handlers; until then it is alive, but not SERVING. */
  open(context: ServiceContext<Shape>): Promise<readonly Implementation[]>;
};

/**
 * How long a start may take before its port opens all the same, ms: to say NOT_SERVING, as while a database waits to be
 * migrated. Any other opens when it can serve: whoever finds a port open sends calls, and to refuse them would use up
 * their second attempt, which matters where a container was started anew at the address that it had.
 */
const patienceMs = 2_000;

/** What a service finds when it opens. */
export type ServiceContext<Shape extends z.ZodRawShape> = Omit<ProcessContext<Shape>, 'listening'> & {
  /** Reports NOT_SERVING and serves no new call for as long as there is a problem; undefined: there is none any more. */
  setProblem(problem: string | undefined): void;
};

/**
 * The whole of a service's main: settings, admin port, the handlers that `open` returns, a gRPC port for them and for
 * health, and a drain at the end that loses no call.
 */
export function serve<Shape extends z.ZodRawShape>(init: ServeInit<Shape>): Promise<void> {
  return runProcess({
    ...init,
    async open(context) {
      const { log, inspection } = context;
      const { callGraph } = init;
      const { MAX_CONNECTION_AGE_MS: connectionAgeMs } = parseSettings({
        MAX_CONNECTION_AGE_MS: z.coerce.number().int().min(1_000).default(transport.maxConnectionAgeMs),
      });
      let opened = false;
      let problem: string | undefined;
      const server = createServer({
        services: init.services,
        security: context.security,
        // Asked with mutual TLS only: nothing else proves who calls.
        callersOf: callGraph && ((path) => callersOf(callGraph, path)),
        reflection: inspection.GRPC_REFLECTION ? init.protos : undefined,
        channelz: inspection.GRPC_CHANNELZ,
        connectionAgeMs,
        problem: () => problem,
        onInternal: (id, call, thrown) =>
          log.error(
            { id, path: call.path, ...context.security.callerForLog(call), err: thrown },
            'internal error',
          ),
      });
      context.readyWhen(() => problem);
      let listening: Promise<void> | undefined;
      const listen = async () => context.listening(await server.listen(`${context.host}:${context.port}`));
      const open = async () => {
        const implementations = await init.open({
          ...context,
          setProblem(next) {
            if (next !== problem) log.warn({ problem: next ?? 'none any more' }, 'serving');
            problem = next;
            if (opened) server.health.set(problem ? 'NOT_SERVING' : 'SERVING');
          },
        });
        await context.connected();
        return implementations;
      };
      const cannotListen = Promise.withResolvers<never>();
      const early = setTimeout(() => {
        listening = listen();
        listening.catch(cannotListen.reject);
      }, patienceMs);
      const implementations = await Promise.race([open(), cannotListen.promise]);
      clearTimeout(early);
      // The last to be registered is the first to be closed: calls end before what they need.
      context.onClose(() => {
        opened = false;
        return server.drain(context.graceMs);
      });
      server.open(implementations);
      opened = true;
      if (problem) server.health.set('NOT_SERVING');
      await (listening ?? listen());
    },
  });
}
