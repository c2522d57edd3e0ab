import { registry } from './metrics.ts';

/** One line of /metrics. */
export type MetricValue = {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Where it is not the metric's own. */
  readonly metricName?: string;
  readonly exemplar?: { readonly traceId: string; readonly value: number; readonly atMs: number };
};

/** A metric whose values are read when /metrics is. */
export type DrainedMetric = {
  readonly name: string;
  readonly type: 'histogram' | 'gauge' | 'counter';
  readonly help: string;
  values(): MetricValue[] | Promise<MetricValue[]>;
};

/** Registers a metric in the form in which prom-client keeps its own. */
export function registerDrained({ values, ...about }: DrainedMetric): void {
  const metric = {
    name: about.name,
    type: about.type,
    get: async () => ({ ...about, values: await values(), aggregator: 'sum' }),
    reset() {},
  };
  registry.registerMetric(metric as unknown as Parameters<typeof registry.registerMetric>[0]);
}
