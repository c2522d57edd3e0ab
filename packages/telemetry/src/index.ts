export { listenAdmin } from './admin.ts';
export { createLogger, type Logger } from './logger.ts';
export { certificateExpiry, registry, workAfterEnd } from './metrics.ts';
export { rpcRecorder } from './rpc-metrics.ts';
