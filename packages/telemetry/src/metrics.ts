import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** Everything this process measures; /metrics prints it. */
export const registry = new Registry();

collectDefaultMetrics({ register: registry });

/** Handlers still at work for a call whose deadline has passed or whose caller has left, by method. */
export const workAfterEnd = new Gauge({
  name: 'hotpath_work_after_end',
  help: 'Handlers still at work for a call that has ended; 0 unless one ignores its signal',
  labelNames: ['rpc_method'] as const,
  registers: [registry],
});

/** When the process's own TLS certificate expires, Unix seconds. */
export const certificateExpiry = new Gauge({
  name: 'hotpath_certificate_expiry_timestamp_seconds',
  help: 'When the TLS certificate of this process expires, Unix seconds; 0 where it has none',
  registers: [registry],
});

/** Calls that wait in the client because as many as the server takes are under way, by peer. */
export const queuedCalls = new Gauge({
  name: 'hotpath_client_queued_calls',
  help: 'Calls that wait in the client because as many as the server takes at once are under way',
  labelNames: ['peer'] as const,
  registers: [registry],
});

/** Attempts at calls after their first, by the channel itself. */
export const retriedCalls = new Counter({
  name: 'hotpath_rpc_client_retries_total',
  help: 'Attempts at calls after their first',
  labelNames: ['rpc_method', 'peer'] as const,
  registers: [registry],
});
