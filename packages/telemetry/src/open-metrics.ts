import { registry } from './metrics.ts';

/** What `Accept` must name to get it. */
export const openMetricsType = 'application/openmetrics-text';

type Labels = Readonly<Record<string, string | number>>;
type Sample = {
  readonly value: number;
  readonly labels?: Labels;
  readonly metricName?: string;
  readonly exemplar?: { readonly traceId: string; readonly value: number; readonly atMs: number };
};

/**
 * All metrics in OpenMetrics' text form, with exemplars. prom-client's own renames the counters of its other form.
 * Source: https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export async function openMetrics(): Promise<string> {
  const metrics = await registry.getMetricsAsJSON();
  const families = metrics.map(({ name, help, type, values }) => {
    const kind = String(type);
    const family = kind === 'counter' ? name.replace(/_total$/, '') : name;
    const own = kind === 'counter' ? `${family}_total` : name;
    const samples = (values as readonly Sample[]).map((sample) => line(own, sample));
    return [`# HELP ${family} ${escaped(help)}`, `# TYPE ${family} ${kind}`, ...samples].join('\n');
  });
  return `${families.join('\n')}\n# EOF\n`;
}

function line(own: string, { value, labels = {}, metricName = own, exemplar }: Sample): string {
  const sample = `${metricName}${printLabels(labels)} ${number(value)}`;
  if (!exemplar) return sample;
  return `${sample} # {trace_id="${exemplar.traceId}"} ${number(exemplar.value)} ${exemplar.atMs / 1000}`;
}

function printLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

const escaped = (text: string) =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

function number(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
