import type { MetricValue } from './drained.ts';
import type { TraceContext } from './trace.ts';

/** The last value of a bucket that belongs to an exported trace. */
type Exemplar = { readonly traceId: string; readonly value: number; readonly atMs: number };

/** Counts values. */
export type ArrayHistogram = {
  /** Counts one; with a trace that is exported, as the one to look at for its bucket. */
  observe(value: number, trace?: TraceContext): void;
  /** What /metrics tells of it. */
  values(name: string, labels: Readonly<Record<string, string>>): MetricValue[];
};

/**
 * A histogram that only counts into arrays, which /metrics turns into Prometheus' when asked: observing through
 * prom-client costs a tenth of a server's calls.
 * @param bounds upper bounds of the buckets, ascending
 */
export function arrayHistogram(bounds: readonly number[]): ArrayHistogram {
  // Doubles: 32 bits are full after five days of 10,000 calls a second.
  const counts = new Float64Array(bounds.length + 1);
  const exemplars: (Exemplar | undefined)[] = new Array(counts.length);
  let sum = 0;
  return {
    observe(value, trace) {
      sum += value;
      let bucket = 0;
      while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
      (counts[bucket] as number)++;
      if (trace?.sampled) exemplars[bucket] = { traceId: trace.traceId, value, atMs: Date.now() };
    },
    values(name, labels) {
      const values: MetricValue[] = [];
      let total = 0;
      counts.forEach((count, i) => {
        total += count;
        const exemplar = exemplars[i];
        values.push({
          metricName: `${name}_bucket`,
          labels: { ...labels, le: boundLabel(bounds[i]) },
          value: total,
          ...(exemplar && { exemplar }),
        });
      });
      values.push({ metricName: `${name}_sum`, labels, value: sum });
      values.push({ metricName: `${name}_count`, labels, value: total });
      return values;
    },
  };
}

/** As OpenMetrics writes it, and Prometheus 3 whatever it was told: `1.0`. */
export function boundLabel(bound: number | undefined): string {
  if (bound === undefined) return '+Inf';
  return Number.isInteger(bound) ? `${bound}.0` : `${bound}`;
}
