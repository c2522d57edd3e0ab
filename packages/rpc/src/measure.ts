import { rpcRecorder } from '@hotpath/telemetry';
import { codeName } from './code.ts';
import type { Policy } from './policy.ts';

/** Counts every call and times it to its end, streams included, on both sides of the wire. */
export const measure: Policy = (next, { side, method }) => {
  const recorder = rpcRecorder(side, method.path.slice(1));
  return (call, request) => {
    recorder.start();
    call.onSettled((code) => recorder.end(codeName(code), performance.now() - call.startedAt));
    return next(call, request);
  };
};
