import { rpcRecorder } from '@hotpath/telemetry';
import { codeName } from './code.ts';
import { hostOf } from './identity.ts';
import type { Policy } from './policy.ts';

/** Counts every call and times it to its end, streams included, on both sides of the wire. */
export const measure: Policy = (next, { side, service, method }) => {
  const recorder = rpcRecorder(side, method.path.slice(1), method.kind !== 'unary');
  const callee = hostOf(service.name);
  return (call, request) => {
    recorder.start();
    call.onSettled((code) => {
      recorder.end({
        code: codeName(code),
        peer: side === 'server' ? call.caller : callee,
        ms: performance.now() - call.startedAt,
        budgetMs: call.deadline - call.startedAt,
        trace: call.trace,
      });
    });
    return next(call, request);
  };
};
