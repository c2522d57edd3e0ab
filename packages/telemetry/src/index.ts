export { type AdminAnswer, listenAdmin } from './admin.ts';
export { type AdmissionState, refusedCalls, trackAdmission } from './admission-metrics.ts';
export { boundLabel } from './array-histogram.ts';
export { coalesced } from './coalescing-metrics.ts';
export { type FeedLag, trackFeed } from './feed-metrics.ts';
export { createLogger, type Logger } from './logger.ts';
export { type Sample, samplesOf, sumOf } from './metric-text.ts';
export { certificateExpiry, queuedCalls, registry, retriedCalls, workAfterEnd } from './metrics.ts';
export { type PoolState, trackPool } from './pool-metrics.ts';
export { type PriceCacheState, trackPriceCache } from './price-cache-metrics.ts';
export { type RequestTrace, requestTrace } from './request-trace.ts';
export { durationBounds, rpcRecorder } from './rpc-metrics.ts';
export { statementName } from './statement-name.ts';
export {
  type Attributes,
  currentTrace,
  formatTraceparent,
  installTracing,
  newSpanId,
  newTraceId,
  parseTraceparent,
  type SpanRecord,
  type TraceContext,
  type Tracing,
  tracedByKit,
  traceFrom,
  tracing,
} from './trace.ts';
