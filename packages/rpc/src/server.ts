import type { EventEmitter } from 'node:events';
import {
  Server as GrpcServer,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import {
  budgetOf,
  decode,
  encode,
  type MethodDefinition,
  RESERVE_MS,
  type ServiceDefinition,
} from '@hotpath/contracts';
import { tracedByKit, tracing } from '@hotpath/telemetry';
import { admission } from './admission.ts';
import { authorize, type CallersOf, refusal } from './authorize.ts';
import { type Call, runInCall } from './call.ts';
import { transport } from './channel.ts';
import { Code } from './code.ts';
import { cancelled, deadlineExceeded, type RpcError, toRpcError, toStatus, unavailable } from './errors.ts';
import { injectFaults } from './faults.ts';
import { http2Of, limitStreams } from './grpc-internals.ts';
import { createHealth, type Health } from './health.ts';
import type { Implementation } from './implement.ts';
import { addChannelz, addReflection } from './inspection.ts';
import { measure } from './measure.ts';
import { overrun } from './overrun.ts';
import { compose, type Policy, type Rpc, type Step } from './policy.ts';
import { readyMade } from './ready-made.ts';
import { boundTimeout, hookRequestHeaders, refusedHeaders } from './request-headers.ts';
import { plaintext, type Security } from './security.ts';
import { ServerCall } from './server-call.ts';
import { beginServerSpan } from './server-span.ts';
import { mindReader } from './slow-readers.ts';
import { tellFirst } from './span.ts';
import { streamLimits } from './stream-limits.ts';
import { received, sendAll, throwIfCutOff } from './streams.ts';
import { defended } from './trials.ts';

/** What `createServer` is told. */
export type ServerInit = {
  /** The services it hosts. Until `open` gives their handlers, calls are answered UNAVAILABLE. */
  readonly services: readonly ServiceDefinition[];
  /** Defaults to plaintext. */
  readonly security?: Security;
  /** Who may call which RPC. Without it, with mutual TLS, every process that has proven who it is. */
  readonly callersOf?: CallersOf | undefined;
  /** Serves reflection of the .proto files in that folder, to those that have proven who they are. */
  readonly reflection?: URL | undefined;
  /** Serves channelz, likewise. */
  readonly channelz?: boolean;
  /** How long a connection lives, ms; unless told as long as `transport` says, and in a mesh for ever. */
  readonly connectionAgeMs?: number;
  /** Why no call can be served for now; those that come meanwhile are answered UNAVAILABLE with it, at once. */
  readonly problem?: () => string | undefined;
  /** Told of every INTERNAL answer: its id, its call and what was thrown. */
  readonly onInternal: (id: string, call: Call, thrown: unknown) => void;
};

/** A gRPC server. */
export type Server = {
  /** The standard health service's state, true to `open` and `drain`. */
  readonly health: Health;
  /** Listens on `host:port` (port 0: any free one). @returns the port. Throws where it is taken. */
  listen(address: string): Promise<number>;
  /** Gives the handlers and reports SERVING. */
  open(implementations: readonly Implementation[]): void;
  /**
   * Reports NOT_SERVING, ends open streams with UNAVAILABLE so that their clients resume elsewhere, lets calls
   * in flight finish, and closes; what still runs after `graceMs` is cut.
   */
  drain(graceMs: number): Promise<void>;
};

type AnyCall =
  | ServerUnaryCall<unknown, unknown>
  | ServerWritableStream<unknown, unknown>
  | ServerReadableStream<unknown, unknown>
  | ServerDuplexStream<unknown, unknown>;

/** A server on grpc-js with the kit's policies around every handler. Throws where an RPC has no budget. */
export function createServer(init: ServerInit): Server {
  const { security = plaintext('insecure') } = init;
  /** What every call passes through on its way in, the outermost first. */
  const policies: readonly Policy[] = [
    measure, // outermost, so that calls refused further in are counted too
    authorize(security, init.callersOf), // before anything is done for a caller
    admission(), // before it costs more than its headers
    streamLimits,
    overrun, // around all work for the call: it sees what goes on after the call's end
    injectFaults, // next to the handler, as if it were slow or failed
  ];
  hookRequestHeaders();
  const grpc = new GrpcServer({
    'grpc.max_receive_message_length': transport.maxMessageBytes,
    'grpc.max_send_message_length': transport.maxMessageBytes,
    'grpc.max_concurrent_streams': transport.maxConcurrentStreams,
    ...(defended('keepalive') && {
      'grpc.keepalive_time_ms': transport.keepaliveTimeMs,
      'grpc.keepalive_timeout_ms': transport.keepaliveTimeoutMs,
    }),
    ...(security.mode !== 'mesh' && {
      'grpc.max_connection_age_ms': init.connectionAgeMs ?? transport.maxConnectionAgeMs,
    }),
    'grpc.enable_channelz': 1, // whether it is served or not: forceShutdown closes the connections it knows
  });
  limitStreams(grpc, { resetsPerSecond: transport.maxResetsPerSecond, refused: transport.maxRefusedStreams });
  const health = createHealth(init.services.map(({ name }) => name));
  const ready = readyMade(grpc);
  health.addTo(ready.server()); // open to all that can connect: whoever balances or probes may hold no certificate
  const identified = ready.server((call) => refusal(security, security.callerOf(call)));
  if (init.reflection) {
    addReflection(
      identified,
      init.reflection,
      init.services.map(({ name }) => name),
    );
  }
  if (init.channelz) addChannelz(identified);

  const handlers = new Map<string, (request: unknown, call: Call) => unknown>();
  const streams = new Set<Call>();
  let draining = false;
  const drained = () => unavailable('the server is draining; resume elsewhere');
  for (const service of init.services) {
    const steps = Object.entries(service.methods).map(([key, method]) => {
      const innermost: Step = async (call, request) => {
        const handler = handlers.get(method.path);
        if (!handler) throw unavailable(`${service.name} is starting`);
        const problem = init.problem?.();
        if (problem) throw unavailable(problem);
        return handler(request, call);
      };
      const rpc: Rpc = { side: 'server', service, method };
      const step = compose(policies, innermost, rpc);
      tracedByKit.add(method.path);
      const { timeoutMs } = budgetOf(service, method);
      boundTimeout(method.path, timeoutMs);
      return [key, host(step, method, timeoutMs)];
    });
    grpc.addService(definitionOf(service), Object.fromEntries(steps) as UntypedServiceImplementation);
  }

  /** What grpc-js calls for every request of `method`. */
  function host(step: Step, method: MethodDefinition, budgetMs: number) {
    const streaming = method.kind === 'serverStream' || method.kind === 'bidi';
    const clientStreams = method.kind === 'clientStream' || method.kind === 'bidi';
    return (stream: AnyCall, callback?: sendUnaryData<unknown>) => {
      const deadline = stream.getDeadline(); // the caller's or the RPC's own, whichever is nearer
      const call = new ServerCall({
        path: method.path,
        budgetMs: Math.min(budgetMs, Number(deadline) - Date.now()), // the clock may have been set since
        caller: security.callerOf(stream),
        metadata: stream.metadata,
        sendHeaders: (headers) => stream.sendMetadata(headers),
      });
      const span = tracing && beginServerSpan(tracing, call);
      const leave = () => {
        if (call.over) return;
        // A caller that gives up at the deadline may be heard a little before our own clock strikes.
        const late = call.remaining() <= RESERVE_MS;
        call.end(
          late ? deadlineExceeded(`${method.path}: its budget is spent`) : cancelled('the caller left'),
        );
      };
      (stream as EventEmitter).on('cancelled', leave);
      // After a reset without an error grpc-js says nothing until the handler has read all messages.
      if (clientStreams) http2Of(stream)?.once('aborted', leave);
      const answer = (error: RpcError | null, response?: unknown) => {
        if (streaming) {
          const responses = stream as ServerWritableStream<unknown, unknown>;
          if (error) responses.emit('error', toStatus(error, call.trailers));
          else responses.end(call.sentTrailers);
        } else if (error) callback?.(toStatus(error, call.trailers));
        else callback?.(null, response, call.sentTrailers);
      };
      call.onSettled(() => {
        if (call.cause) answer(call.cause);
      });

      const request = clientStreams
        ? received(call, stream as ServerReadableStream<unknown, unknown>, () => cancelled('the caller left'))
        : (stream as ServerUnaryCall<unknown, unknown>).request;
      const work = async () => {
        try {
          const refused = refusedHeaders(stream.metadata);
          if (refused) throw refused;
          if (!clientStreams) throwIfCutOff(stream);
          if (call.remaining() <= 0)
            call.end(deadlineExceeded(`${method.path}: no time was left when it arrived`));
          call.throwIfEnded();
          const response = await step(call, request);
          if (streaming) {
            const messages = response as AsyncIterable<unknown>;
            if (draining) throw drained(); // it was still opening when the others were ended
            streams.add(call);
            call.onSettled(() => streams.delete(call));
            await sendAll(
              call,
              span ? tellFirst(messages, span.opened) : messages,
              stream as ServerWritableStream<unknown, unknown>,
              mindReader,
            );
          }
          if (call.over) return;
          call.complete(Code.OK);
          answer(null, response);
        } catch (thrown) {
          if (call.over) return;
          call.end(toRpcError(thrown, (id) => init.onInternal(id, call, thrown)));
        }
      };
      void (span ? span.run(work) : runInCall(call, work));
    };
  }

  return {
    health,
    listen: (address) =>
      new Promise((resolve, reject) => {
        grpc.bindAsync(address, security.serverCredentials, (error, port) =>
          error ? reject(error) : resolve(port),
        );
      }),
    open(implementations) {
      for (const { service, handlers: own } of implementations) {
        for (const [key, method] of Object.entries(service.methods)) {
          handlers.set(method.path, own[key] as (request: unknown, call: Call) => unknown);
        }
      }
      health.set('SERVING');
    },
    async drain(graceMs) {
      draining = true;
      health.set('NOT_SERVING');
      const closed = new Promise<void>((resolve) => grpc.tryShutdown(() => resolve()));
      ready.endStreams();
      for (const call of [...streams]) call.end(drained());
      let timer: NodeJS.Timeout | undefined;
      const grace = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, graceMs);
      });
      await Promise.race([closed, grace]);
      clearTimeout(timer);
      grpc.forceShutdown();
    },
  };
}

/** A service's definition in grpc-js's terms. */
function definitionOf(service: ServiceDefinition) {
  return Object.fromEntries(
    Object.entries(service.methods).map(([key, method]) => [
      key,
      {
        path: method.path,
        originalName: key,
        requestStream: method.kind === 'clientStream' || method.kind === 'bidi',
        responseStream: method.kind === 'serverStream' || method.kind === 'bidi',
        requestSerialize: (message: unknown) => encode(method.request, message as never),
        requestDeserialize: (bytes: Buffer) => decode(method.request, bytes),
        responseSerialize: (message: unknown) => encode(method.response, message as never),
        responseDeserialize: (bytes: Buffer) => decode(method.response, bytes),
      },
    ]),
  );
}
