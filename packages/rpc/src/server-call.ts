import { Metadata } from '@grpc/grpc-js';
import { Call, type CallInit } from './call.ts';

/** What a call on the server is made of. */
export type ServerCallInit = CallInit & {
  /** Sends the response's headers. */
  readonly sendHeaders: (headers: Metadata) => void;
};

/** A call as its handler sees it: what a call is, and what goes back beside its messages. */
export class ServerCall extends Call {
  #trailers: Metadata | undefined;
  /**
   * Sends the response's headers now, ahead of its first message; without this they go, empty, with that.
   * They are sent once: later ones are dropped.
   */
  readonly sendHeaders: (headers: Metadata) => void;

  constructor(init: ServerCallInit) {
    super(init);
    this.sendHeaders = init.sendHeaders;
  }

  /** Goes back with the status, whatever that is. */
  get trailers(): Metadata {
    this.#trailers ??= new Metadata();
    return this.#trailers;
  }

  /** @internal The trailers, where the handler has set any. */
  get sentTrailers(): Metadata | undefined {
    return this.#trailers;
  }
}
