import type { EventEmitter } from 'node:events';
import {
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  Client as GrpcClient,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js';
import {
  budgetOf,
  type CallGraph,
  declares,
  decode,
  encode,
  type Init,
  type MessageType,
  type MethodDefinition,
  type ServiceDefinition,
} from '@hotpath/contracts';
import { retriedCalls, tracedByKit } from '@hotpath/telemetry';
import { type Call, currentCall } from './call.ts';
import type { Channel } from './channel.ts';
import { type CallOptions, ClientCall } from './client-call.ts';
import { traceCalls } from './client-span.ts';
import { Code } from './code.ts';
import { cancelled, deadlineExceeded, fromServiceError, RpcError } from './errors.ts';
import { injectFaults } from './faults.ts';
import { measure } from './measure.ts';
import { compose, type Policy, type Rpc, type Step } from './policy.ts';
import { labelsOf } from './retries.ts';
import { streamLimits } from './stream-limits.ts';
import { received, sendAll } from './streams.ts';
import { unaryRequest } from './unary-request.ts';

type MessageOf<T> = T extends MessageType<infer M> ? M : never;

/** One RPC as its caller sees it, by kind. Each may throw RpcError. */
export type ClientMethod<M extends MethodDefinition> = M['kind'] extends 'unary'
  ? (request: Init<MessageOf<M['request']>>, options?: CallOptions) => Promise<MessageOf<M['response']>>
  : M['kind'] extends 'serverStream'
    ? (
        request: Init<MessageOf<M['request']>>,
        options?: CallOptions,
      ) => AsyncIterable<MessageOf<M['response']>>
    : M['kind'] extends 'clientStream'
      ? (
          requests: AsyncIterable<Init<MessageOf<M['request']>>>,
          options?: CallOptions,
        ) => Promise<MessageOf<M['response']>>
      : (
          requests: AsyncIterable<Init<MessageOf<M['request']>>>,
          options?: CallOptions,
        ) => AsyncIterable<MessageOf<M['response']>>;

/** A service as its callers see it: a method per RPC. */
export type Client<S extends ServiceDefinition> = {
  readonly [M in keyof S['methods']]: ClientMethod<S['methods'][M]>;
};

/**
 * A client of a service on a channel. Streams start with the first `next()`; leaving the loop cancels them.
 * @param graph who calls what: a call made for a route or an RPC that lacks it there throws an Error
 * @throws Error where an RPC of the service has no budget.
 */
export function createClient<S extends ServiceDefinition>(
  service: S,
  channel: Channel,
  graph?: CallGraph,
): Client<S> {
  /** What every call passes through on its way out, the outermost first. */
  const policies: readonly Policy[] = [
    traceCalls(channel), // before anything that takes time
    measure, // counts and times the call as the caller saw it
    channel.queue, // before the stream's clocks start
    streamLimits,
    injectFaults, // next to the wire, as if the way to the callee were slow or cut
  ];
  const grpc = new GrpcClient(channel.address, undefined as never, { channelOverride: channel.grpc });
  const methods = Object.entries(service.methods).map(([key, method]) => {
    const { timeoutMs: budgetMs, maxAttempts } = budgetOf(service, method);
    // From 0 on, so that the first one shows in a rate.
    if (maxAttempts > 1) retriedCalls.inc(labelsOf(method.path), 0);
    // Looked up once, not per call: the routes and RPCs that may make it.
    const callers = graph && new Set(Object.keys(graph).filter((from) => declares(graph, from, method.path)));
    tracedByKit.add(method.path);
    const rpc: Rpc = { side: 'client', service, method };
    const transport = method.kind === 'unary' ? unaryStep(channel, method) : streamStep(grpc, method);
    const step = compose(policies, transport, rpc);

    const begin = (options: CallOptions) => {
      const parent = currentCall();
      if (parent && callers?.has(parent.path) === false) {
        throw new Error(`the call graph has no call from ${parent.path} to ${method.path}: add it there`);
      }
      const budget = Math.min(budgetMs, options.timeoutMs ?? Number.POSITIVE_INFINITY);
      const call = new ClientCall({ path: method.path, budgetMs: budget, parent }, options);
      follow(call, options.signal);
      return call;
    };
    const unary = (request: unknown, options: CallOptions = {}) => step(begin(options), request);
    async function* streaming(request: unknown, options: CallOptions = {}) {
      const call = begin(options);
      yield* (await step(call, request)) as AsyncIterable<unknown>;
    }
    const streams = method.kind === 'serverStream' || method.kind === 'bidi';
    return [key, streams ? streaming : unary];
  });
  return Object.fromEntries(methods) as Client<S>;
}

/** Ends `call` when `signal` aborts, for as long as the call runs. */
function follow(call: Call, signal: AbortSignal | undefined): void {
  if (!signal) return;
  const leave = () =>
    call.end(signal.reason instanceof RpcError ? signal.reason : cancelled(`${call.path}: given up`));
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  call.onSettled(() => signal.removeEventListener('abort', leave));
}

/** The innermost step of a unary call: the call on the wire. */
function unaryStep(channel: Channel, method: MethodDefinition): Step {
  const send = unaryRequest(channel.grpc, method);
  // Only createClient begins calls that come here.
  return async (call, request) => send(call as ClientCall, request, deadlineOf(call));
}

/** When the call must be answered, Unix ms. Throws, and ends it, where no time is left or it has ended. */
function deadlineOf(call: Call): number {
  if (call.cause) throw call.cause;
  const left = call.remaining();
  if (left <= 0) {
    const late = deadlineExceeded(`${call.path}: no time was left to call it`);
    call.end(late);
    throw late;
  }
  return Date.now() + left;
}

/** The innermost step where either side streams. */
function streamStep(grpc: GrpcClient, method: MethodDefinition): Step {
  const { path } = method;
  const serialize = (message: unknown) => encode(method.request, message as never);
  const deserialize = (bytes: Buffer) => decode(method.response, bytes);

  return async (call, request) => {
    const options = { deadline: deadlineOf(call) };
    const { metadata } = call;
    switch (method.kind) {
      case 'clientStream':
        return new Promise((resolve, reject) => {
          const stream = grpc.makeClientStreamRequest(
            path,
            serialize,
            deserialize,
            metadata,
            options,
            answer,
          );
          listen(call, stream);
          call.onEnd((cause) => {
            reject(cause);
            stream.cancel();
          });
          feed(call, request, stream);
          function answer(error: ServiceError | null, response?: unknown) {
            // First the outcome, then the call's end: that also stops what is still being sent.
            const failure = error && (call.cause ?? fromServiceError(error));
            if (failure) reject(failure);
            else resolve(response);
            call.complete(failure?.code ?? Code.OK);
          }
        });
      case 'serverStream': {
        const stream = grpc.makeServerStreamRequest(path, serialize, deserialize, request, metadata, options);
        listen(call, stream);
        return responses(call, stream);
      }
      case 'bidi': {
        const stream = grpc.makeBidiStreamRequest(path, serialize, deserialize, metadata, options);
        listen(call, stream);
        feed(call, request, stream);
        return responses(call, stream);
      }
    }
  };
}

/** Tells the caller of what comes beside the response's messages. */
function listen(call: Call, stream: EventEmitter): void {
  const { onHeaders, onTrailers } = (call as ClientCall).options;
  if (onHeaders) stream.on('metadata', onHeaders);
  if (onTrailers) stream.on('status', ({ metadata }: StatusObject) => onTrailers(metadata));
}

/** Sends the caller's messages; what fails there ends the call, and the call's end stops the sending. */
function feed(
  call: Call,
  requests: unknown,
  stream: ClientWritableStream<unknown> | ClientDuplexStream<unknown, unknown>,
): void {
  sendAll(call, requests as AsyncIterable<unknown>, stream).then(
    () => stream.end(),
    (thrown) =>
      call.end(
        thrown instanceof RpcError
          ? thrown
          : new RpcError(Code.CANCELLED, `${call.path}: its requests failed`, {}, thrown),
      ),
  );
}

async function* responses(
  call: Call,
  stream: ClientReadableStream<unknown> | ClientDuplexStream<unknown, unknown>,
): AsyncIterable<unknown> {
  const cancel = () => stream.cancel();
  call.onEnd(cancel);
  try {
    yield* received(call, stream, fromServiceError);
    call.complete(Code.OK);
  } catch (error) {
    if (error instanceof RpcError) call.complete(error.code);
    throw error;
  } finally {
    // Leaving the loop early comes here without an error: the server must learn of it.
    call.end(cancelled(`${call.path}: the reader left`));
  }
}
