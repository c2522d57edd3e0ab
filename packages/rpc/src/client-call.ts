import type { Metadata } from '@grpc/grpc-js';
import { Call, type CallInit } from './call.ts';

/** What one call may be told. The current call's deadline and end hold in any case. */
export type CallOptions = {
  /** Cancels the call when it aborts. */
  readonly signal?: AbortSignal;
  /** Less time than the RPC's budget, ms. More is ignored. */
  readonly timeoutMs?: number;
  /** Sent along with the request. */
  readonly metadata?: Metadata;
  /**
   * Told of the response's headers when they come, before its first message. Those of a unary RPC that may be tried again
   * come together with its answer, or not at all.
   */
  readonly onHeaders?: (headers: Metadata) => void;
  /** Told of what came with the status, before the call returns, throws or ends. */
  readonly onTrailers?: (trailers: Metadata) => void;
};

/** A call as its client makes it. */
export class ClientCall extends Call {
  readonly options: CallOptions;

  constructor(init: CallInit, options: CallOptions) {
    // A copy: policies add to it, and the caller may use it for its next call.
    super({ ...init, metadata: options.metadata?.clone() });
    this.options = options;
  }
}
