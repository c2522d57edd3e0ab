import { randomUUID } from 'node:crypto';
import { Metadata, type ServiceError, type StatusObject } from '@grpc/grpc-js';
import { DatabaseBusy, DatabaseUnavailable, SlowSubscriber, UnknownPosition } from '@hotpath/database';
import { Code, codeName } from './code.ts';
import { type ErrorDetails, fromDetailsBytes, toDetailsBytes } from './error-details.ts';
import { defended } from './trials.ts';

const DETAILS_KEY = 'grpc-status-details-bin';
const PUSH_BACK_KEY = 'grpc-retry-pushback-ms';
const pushBack = defended('push-back');

/**
 * The one error of the kit: thrown by handlers to answer with a status, and by clients when a call fails.
 * Its message goes to the caller as it is, so it must be safe to show.
 */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  /** How the call ended; never OK. */
  readonly code: Code;
  /** Machine-readable details in google.rpc's terms, readable by clients in any language. */
  readonly details: ErrorDetails;

  constructor(code: Code, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** INVALID_ARGUMENT for one field of the request, named as in the proto ("requests[3].product_id"). */
export function invalidArgument(field: string, description: string): RpcError {
  return new RpcError(Code.INVALID_ARGUMENT, `${field}: ${description}`, {
    badRequest: { fieldViolations: [{ field, description }] },
  });
}

/** NOT_FOUND: what was asked for does not exist (or not for this caller). */
export const notFound = (message: string) => new RpcError(Code.NOT_FOUND, message);
/** ALREADY_EXISTS: the same key was used for something else. */
export const alreadyExists = (message: string) => new RpcError(Code.ALREADY_EXISTS, message);
/** FAILED_PRECONDITION: the state of things does not allow it; asking again does not help. */
export const failedPrecondition = (message: string) => new RpcError(Code.FAILED_PRECONDITION, message);
/** PERMISSION_DENIED: this caller may not. */
export const permissionDenied = (message: string) => new RpcError(Code.PERMISSION_DENIED, message);
/** UNAUTHENTICATED: it is not known who calls. */
export const unauthenticated = (message: string) => new RpcError(Code.UNAUTHENTICATED, message);
/** UNAVAILABLE: not now; the same call may go through later. */
export const unavailable = (message: string) => new RpcError(Code.UNAVAILABLE, message);
/** RESOURCE_EXHAUSTED: a limit is reached; `retryAfterMs` says when to come again, where that is known. */
export const resourceExhausted = (message: string, retryAfterMs?: number) =>
  new RpcError(
    Code.RESOURCE_EXHAUSTED,
    message,
    retryAfterMs === undefined ? {} : { retryInfo: { retryDelayMs: retryAfterMs } },
  );
/** DEADLINE_EXCEEDED: the call's budget is spent. */
export const deadlineExceeded = (message: string) => new RpcError(Code.DEADLINE_EXCEEDED, message);
/** CANCELLED: the caller left. */
export const cancelled = (message: string) => new RpcError(Code.CANCELLED, message);

/**
 * Turns whatever was thrown into an RpcError. What is none becomes INTERNAL with an id that `report` is
 * told too, and nothing else of it: messages of strangers may hold SQL, paths or secrets.
 */
export function toRpcError(thrown: unknown, report: (id: string, thrown: unknown) => void): RpcError {
  if (thrown instanceof RpcError) return thrown;
  if (thrown instanceof DatabaseUnavailable) return unavailable('the database does not answer');
  if (thrown instanceof SlowSubscriber || thrown instanceof DatabaseBusy) {
    return resourceExhausted(thrown.message);
  }
  if (thrown instanceof UnknownPosition) return unavailable('the stream must begin with a new snapshot');
  const id = randomUUID();
  report(id, thrown);
  return new RpcError(Code.INTERNAL, `internal error, id ${id}`, {
    errorInfo: { reason: 'INTERNAL', domain: 'hotpath', metadata: { id } },
  });
}

/**
 * The status that grpc-js sends for an error, and `metadata` along with it. Lone surrogates would make it send
 * UNKNOWN: they are replaced.
 */
export function toStatus(
  error: RpcError,
  metadata = new Metadata(),
): { code: Code; details: string; metadata: Metadata } {
  const bytes = toDetailsBytes(error.code, error.message, error.details);
  if (bytes) metadata.set(DETAILS_KEY, bytes);
  // A server at its limit asks not to be tried again, whatever its caller's policy lists.
  if (error.code === Code.RESOURCE_EXHAUSTED && pushBack) metadata.set(PUSH_BACK_KEY, '-1');
  return { code: error.code, details: error.message.toWellFormed(), metadata };
}

/** The error of a call that ended with a status other than OK. */
export function fromStatus({ code, details: message, metadata }: StatusObject, cause?: unknown): RpcError {
  const bytes = metadata?.get(DETAILS_KEY)[0];
  const details = bytes instanceof Uint8Array ? fromDetailsBytes(bytes) : {};
  // grpc-js's own words for a passed deadline name addresses; they go on to callers further up.
  const safe = message.startsWith('Deadline exceeded after') ? 'the budget is spent' : message;
  return new RpcError(code as Code, safe || codeName(code), details, cause);
}

/** The error of a call that grpc-js reports as failed. */
export const fromServiceError = (error: ServiceError): RpcError => fromStatus(error, error);
