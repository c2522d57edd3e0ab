import { STATUS_CODES } from 'node:http';
import { Code, codeName, type RpcError } from '@hotpath/rpc';
import type { ProblemDetails } from './schemas/problem.ts';

/** One wrong field: its path in the body ("items[3].productId"), or a parameter's or header's name. */
export type FieldError = { readonly field: string; readonly message: string };

/** What a `Problem` says besides its status and code. */
export type ProblemInit = {
  /** What happened and what to do, for people; safe to show. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** When to try again, ms; rounded up to seconds. */
  readonly retryAfterMs?: number;
  /** Headers the status calls for (Allow, WWW-Authenticate). */
  readonly headers?: Readonly<Record<string, string>>;
  /** What was thrown, for the log only. */
  readonly cause?: unknown;
};

/** The gateway's one error: thrown anywhere, answered as problem+json (RFC 9457) in one place. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  /** For programs: a gRPC status name, or one of the gateway's own (RATE_LIMITED). */
  readonly code: string;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The media type's body. */
  readonly body: ProblemDetails;

  constructor(status: number, code: string, init: ProblemInit = {}) {
    super(init.detail ?? code, init.cause === undefined ? undefined : { cause: init.cause });
    const retryAfter =
      init.retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(init.retryAfterMs / 1000));
    this.status = status;
    this.code = code;
    this.errors = init.errors;
    this.headers = { ...init.headers, ...(retryAfter && { 'Retry-After': String(retryAfter) }) };
    this.body = {
      type: 'about:blank',
      title: STATUS_CODES[status] ?? (status === 499 ? 'Client Closed Request' : 'Error'),
      status,
      code,
      ...(init.detail !== undefined && { detail: init.detail.toWellFormed() }),
      ...(retryAfter !== undefined && { retryAfter }),
      ...(init.errors && { errors: [...init.errors] }),
    };
  }
}

/** The media type of problems. */
export const problemType = 'application/problem+json';

const maxErrors = 20;

/** 400: some fields of the request are wrong. Tells of the first 20, and little of what strangers wrote. */
export function badRequest(wrong: readonly FieldError[]): Problem {
  const errors = wrong.slice(0, maxErrors).map(({ field, message }) => ({
    field: field.toWellFormed().slice(0, 200),
    message: message.toWellFormed().slice(0, 300),
  }));
  const [first] = errors;
  const more = wrong.length > 1 ? ` (and ${wrong.length - 1} more)` : '';
  return new Problem(400, 'INVALID_ARGUMENT', {
    detail: first && `${first.field}: ${first.message}${more}`,
    errors,
  });
}

/** 401: it is not known who asks. */
export function unauthorized(detail: string): Problem {
  // RFC 6750, section 3
  return new Problem(401, 'UNAUTHENTICATED', {
    detail,
    headers: { 'WWW-Authenticate': 'Bearer realm="hotpath"' },
  });
}

/** 403: it is known who asks, and that one may not. */
export const forbidden = (detail: string) => new Problem(403, 'PERMISSION_DENIED', { detail });

/** The HTTP status for a gRPC one. 7 and 16 mean that a service refused the gateway: our fault, not the user's. */
export function statusOf(code: Code): number {
  switch (code) {
    case Code.INVALID_ARGUMENT:
    case Code.FAILED_PRECONDITION:
    case Code.OUT_OF_RANGE:
      return 400;
    case Code.NOT_FOUND:
      return 404;
    case Code.ALREADY_EXISTS:
    case Code.ABORTED:
      return 409;
    case Code.CANCELLED:
      return 499;
    case Code.UNIMPLEMENTED:
      return 501;
    case Code.RESOURCE_EXHAUSTED:
    case Code.UNAVAILABLE:
      return 503;
    case Code.DEADLINE_EXCEEDED:
      return 504;
    default:
      return 500;
  }
}

/** What is said of upstream failures whose own messages may tell of addresses, or are not for our user. */
const ownWords: Readonly<Record<number, string>> = {
  499: 'the request was cancelled',
  501: 'a service behind this server does not know this call yet; try again after the update under way',
  503: 'a service behind this server is not available or has too much to do; try again',
  504: 'the answer took longer than the request may take; try again',
};

/** Services refuse a used request_id with it and nothing else; our user knows that by another name and without prefix. */
const keyWasUsed = 'the Idempotency-Key was used for another request; take a new one';

/** The problem that a failed call to a service is to our user. */
export function fromRpcError(error: RpcError): Problem {
  const status = statusOf(error.code);
  if (status === 500) return internal(error, error.details.errorInfo?.metadata.id);
  const violations = error.details.badRequest?.fieldViolations;
  if (status === 400 && violations) {
    return badRequest(
      violations.map(({ field, description }) => ({ field: toRestName(field), message: description })),
    );
  }
  return new Problem(status, codeName(error.code), {
    detail: error.code === Code.ALREADY_EXISTS ? keyWasUsed : (ownWords[status] ?? error.message),
    retryAfterMs: status === 503 ? (error.details.retryInfo?.retryDelayMs ?? 1000) : undefined,
    cause: error,
  });
}

/** 500: all that is told is an id, which the log has too. */
export function internal(thrown: unknown, id: string = crypto.randomUUID()): Problem {
  return new Problem(500, 'INTERNAL', { detail: `internal error, id ${id}`, cause: thrown });
}

/** A field of the contract as REST names it: `starts_at_ms` is `startsAt`, an amount's `minor_units` the amount. */
function toRestName(field: string): string {
  return field
    .replace(/(_ms|\.minor_units)$/, '')
    .replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
