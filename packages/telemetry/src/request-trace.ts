import type { Attributes, TraceContext } from './trace.ts';

/** The trace of an HTTP request, decided on when its head has come. */
export type RequestTrace = TraceContext & {
  /** Adds to what its span tells. */
  note(attributes: Attributes): void;
  /** Ends its span now, as an answer that goes on for long; the response's end changes it no more. */
  answered(route: string, status: number): void;
};

const key = Symbol('hotpath.trace');

type Carrier = { [key]?: RequestTrace | undefined };

/** The trace of an HTTP request; undefined where traces are off. */
export function requestTrace(request: object): RequestTrace | undefined {
  return (request as Carrier)[key];
}

/** @internal */
export function setRequestTrace(request: object, trace: RequestTrace): void {
  (request as Carrier)[key] = trace;
}
