import type { Attributes } from '@hotpath/telemetry';
import { attributes as names } from '@hotpath/xray/attributes';
import type { Call } from './call.ts';
import { Code, codeName } from './code.ts';

/** The codes that are a server's failure (https://opentelemetry.io/docs/specs/semconv/rpc/grpc/). */
const failures: ReadonlySet<Code> = new Set([
  Code.UNKNOWN,
  Code.DEADLINE_EXCEEDED,
  Code.UNIMPLEMENTED,
  Code.INTERNAL,
  Code.UNAVAILABLE,
  Code.DATA_LOSS,
]);

/** Whether a call that ended so is told of even where its trace is not exported. */
export const isFailure = (code: Code): boolean => failures.has(code);

/** What every span of a call tells, named by OpenTelemetry's RPC conventions. */
export function describe(call: Call, code: Code, failed: boolean): Attributes {
  const name = codeName(code);
  const left = call.remaining();
  return {
    'rpc.system.name': 'grpc',
    'rpc.method': call.path.slice(1),
    'rpc.response.status_code': name,
    ...(failed && { 'error.type': name }),
    ...(left !== Number.POSITIVE_INFINITY && budgetAttributes(call.deadline - call.startedAt, left)),
    ...call.spanAttributes,
  };
}

/** What was left of a budget, ms, when a span began and when it ended. */
export function budgetAttributes(startMs: number, endMs: number): Attributes {
  return { [names.budgetStart]: round(startMs), [names.budgetEnd]: round(endMs) };
}

/** Tells a call's span how long it has waited for something. */
export function tellWait(
  call: Call,
  wait: 'coalesceWait' | 'queueWait' | 'admissionWait',
  sinceMs: number,
): void {
  if (call.spanAttributes) call.spanAttributes[names[wait]] = round(performance.now() - sinceMs);
}

/** Thousandths of a millisecond are as fine as anybody looks. */
export const round = (ms: number): number => Math.round(ms * 1000) / 1000;

/** The messages as they are; tells of the first, or of the end where there is none. */
export function tellFirst(messages: AsyncIterable<unknown>, tell: () => void): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = messages[Symbol.asyncIterator]();
      let told = false;
      const first = async () => {
        const result = await iterator.next();
        told = true;
        tell();
        return result;
      };
      return {
        next: () => (told ? iterator.next() : first()),
        return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}
