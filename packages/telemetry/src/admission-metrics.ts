import { Counter, Gauge } from 'prom-client';
import { registry } from './metrics.ts';

/** What a server's admission control holds now. */
export type AdmissionState = {
  /** Calls that may be at the handlers at once. */
  readonly limit: number;
  /** Calls that are. */
  readonly inFlight: number;
  /** Calls that wait for a place. */
  readonly queued: number;
};

const tracked = new Set<AdmissionState>();

/** Shows a server's admission control in the metrics; a process with several shows their sums. */
export function trackAdmission(state: AdmissionState): void {
  tracked.add(state);
}

for (const [key, help] of [
  ['limit', 'Unary calls that may be at the handlers at once'],
  ['inFlight', 'Unary calls at the handlers'],
  ['queued', 'Calls that wait for a place at the handlers'],
] as const) {
  new Gauge({
    name: `hotpath_admission_${key === 'inFlight' ? 'in_flight' : key}`,
    help,
    registers: [registry],
    collect() {
      let sum = 0;
      for (const state of tracked) sum += state[key];
      this.set(sum);
    },
  });
}

/** Calls refused because they would not have been done in time. */
export const refusedCalls = new Counter({
  name: 'hotpath_admission_refused_total',
  help: 'Calls refused at once because they would not have been done in time',
  labelNames: ['rpc_method'] as const,
  registers: [registry],
});
