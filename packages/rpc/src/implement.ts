import type { MessageType, MethodDefinition, ServiceDefinition } from '@hotpath/contracts';
import { Code } from './code.ts';
import { RpcError } from './errors.ts';
import type { ServerCall } from './server-call.ts';

type MessageOf<T> = T extends MessageType<infer M> ? M : never;

/** The handler of one RPC, by its kind. Streams are async iterables, in both directions. */
export type Handler<M extends MethodDefinition> = M['kind'] extends 'unary'
  ? (request: MessageOf<M['request']>, call: ServerCall) => MaybePromise<MessageOf<M['response']>>
  : M['kind'] extends 'serverStream'
    ? (request: MessageOf<M['request']>, call: ServerCall) => AsyncIterable<MessageOf<M['response']>>
    : M['kind'] extends 'clientStream'
      ? (
          requests: AsyncIterable<MessageOf<M['request']>>,
          call: ServerCall,
        ) => MaybePromise<MessageOf<M['response']>>
      : (
          requests: AsyncIterable<MessageOf<M['request']>>,
          call: ServerCall,
        ) => AsyncIterable<MessageOf<M['response']>>;

type MaybePromise<T> = T | Promise<T>;

/** One handler per RPC of a service. */
export type Handlers<S extends ServiceDefinition> = {
  readonly [M in keyof S['methods']]: Handler<S['methods'][M]>;
};

/** A service with its handlers, ready to be served. */
export type Implementation = {
  readonly service: ServiceDefinition;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
};

/** A handler whose types were checked by `implement`. */
export type AnyHandler = (request: never, call: ServerCall) => unknown;

/** Ties handlers to the service they implement; the compiler says which are missing or wrong. */
export function implement<S extends ServiceDefinition>(service: S, handlers: Handlers<S>): Implementation {
  return { service, handlers: handlers as Implementation['handlers'] };
}

/**
 * Ties handlers to some RPCs of a service, for tests, stand-ins and examples: its other RPCs, those that it will have
 * one day among them, are UNIMPLEMENTED.
 */
export function implementPart<S extends ServiceDefinition>(
  service: S,
  handlers: Partial<Handlers<S>>,
): Implementation {
  const absent = () => {
    throw new RpcError(Code.UNIMPLEMENTED, `this ${service.name} has no such RPC`);
  };
  const others = Object.keys(service.methods).map((name) => [name, absent]);
  return { service, handlers: { ...Object.fromEntries(others), ...handlers } };
}
