import { RpcError, unavailable } from '@hotpath/rpc';
import { type Logger, requestTrace } from '@hotpath/telemetry';
import type { NextFunction, Request, Response } from 'express';
import { badRequest, fromRpcError, internal, Problem, problemType } from './problem.ts';

/**
 * Makes the problem of whatever was thrown. What nobody expected becomes 500 with an id; its message may hold
 * anything, so only the log gets it.
 */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  // What a request stream of ours threw comes back as the cause of the call that it broke.
  if (thrown instanceof RpcError)
    return thrown.cause instanceof Problem ? thrown.cause : fromRpcError(thrown);
  return fromHttpError(thrown) ?? internal(thrown);
}

/** What Express and its body parser throw: errors with a status and, from the parser, a type. */
function fromHttpError(thrown: unknown): Problem | undefined {
  const { status, type } = (thrown ?? {}) as { status?: unknown; type?: unknown };
  switch (status) {
    case 400:
      if (type === 'entity.parse.failed') return badRequest([{ field: 'body', message: 'is no valid JSON' }]);
      if (type === undefined) return badRequest([{ field: 'path', message: 'is not encoded correctly' }]);
      return badRequest([{ field: 'body', message: 'could not be read to its end' }]);
    case 413:
      return new Problem(413, 'PAYLOAD_TOO_LARGE', {
        detail: 'the body must not be larger than 256 KB',
        cause: thrown,
      });
    case 415:
      return new Problem(415, 'UNSUPPORTED_MEDIA_TYPE', {
        detail: 'the body must be UTF-8, plain or compressed by gzip, deflate or br',
        cause: thrown,
      });
    default:
      return undefined;
  }
}

/** Express's last handler: every error leaves as problem+json, once, and the log has what the answer leaves out. */
export function answerProblem(log: Logger) {
  return (thrown: unknown, request: Request, response: Response, _next: NextFunction): void => {
    const gone = response.destroyed || response.headersSent;
    let problem = toProblem(thrown);
    if (problem.status === 499 && !gone)
      problem = fromRpcError(unavailable('cancelled, but not by our user'));
    const level = problem.status === 500 ? 'error' : problem.status > 500 ? 'warn' : 'debug';
    const { method, path } = request;
    const trace = requestTrace(request);
    log[level](
      {
        method,
        path,
        status: problem.status,
        problem: problem.body,
        err: problem.cause,
        ...(trace && { trace_id: trace.traceId, span_id: trace.spanId }),
      },
      'problem',
    );
    if (!gone) sendProblem(response, problem);
  };
}

/** Answers with a problem. */
export function sendProblem(response: Response, problem: Problem): void {
  const traceId = requestTrace(response.req)?.traceId;
  const body = { ...problem.body, ...(traceId && { traceId }) };
  response.status(problem.status).set(problem.headers).type(problemType).send(JSON.stringify(body));
}
