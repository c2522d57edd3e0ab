import { failures } from './promql.ts';
import { ALLOWED_BAD, edges, objectiveOf } from './slo.ts';

/** An alert in Prometheus' form, https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ */
export type AlertRule = {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: 'page' | 'ticket' };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
};

/** A series that Prometheus keeps. */
export type Recording = {
  readonly record: string;
  readonly expr: string;
  /** What good calls take at most, seconds. */
  readonly labels: { readonly within: string };
};

const windows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;
type Window = (typeof windows)[number];

const badRatio = (window: Window) => `edge:calls_bad:ratio_rate${window}`;

/**
 * The part of each edge's calls, by job and rpc_method, that fail or take more than half of their budget; by each
 * distinct objective and window.
 */
export const recordings: readonly Recording[] = [
  ...Map.groupBy(edges, ({ budgetMs }) => objectiveOf(budgetMs)),
].flatMap(([le, group]) => {
  const methods = `rpc_method=~"${[...new Set(group.map(({ method }) => method))].sort().join('|')}"`;
  return windows.map((window) => {
    const calls = `sum by (job, rpc_method) (rate(rpc_client_call_duration_seconds_count{${methods}}[${window}]))`;
    const good = `sum by (job, rpc_method) (rate(rpc_client_call_duration_seconds_bucket{le="${le}", rpc_response_status_code!~"${failures}", ${methods}}[${window}]))`;
    return {
      record: badRatio(window),
      expr: `1 - (${good} or 0 * ${calls}) / ${calls}`,
      labels: { within: le },
    };
  });
});

/** At `rate` times the allowed bad calls over a long window, and still so over a short one. */
const burns = (rate: number, long: Window, short: Window) =>
  [long, short].map((window) => `${badRatio(window)} > ${rate} * ${ALLOWED_BAD}`).join(' and ');

function alert(
  name: string,
  severity: 'page' | 'ticket',
  rule: { readonly expr: string; readonly for?: string; readonly summary: string },
): AlertRule {
  const page = name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
  return {
    alert: name,
    expr: rule.expr,
    ...(rule.for && { for: rule.for }),
    labels: { severity },
    annotations: { summary: rule.summary, runbook_url: `docs/runbooks/${page}.md` },
  };
}

const edgeSummary =
  '{{ $labels.job }} calls {{ $labels.rpc_method }}: {{ $value | humanizePercentage }} fail or take more than {{ $labels.within }} s';

/** Windows and rates: https://sre.google/workbook/alerting-on-slos/, for 99.9 % in 30 days. */
export const alerts: readonly AlertRule[] = [
  alert('EdgeBurnsItsBudget', 'page', {
    expr: `(${burns(14.4, '1h', '5m')}) or (${burns(6, '6h', '30m')})`,
    summary: edgeSummary,
  }),
  alert('EdgeBurnsItsBudget', 'ticket', {
    expr: `(${burns(3, '1d', '2h')}) or (${burns(1, '3d', '6h')})`,
    summary: edgeSummary,
  }),
  alert('ProcessDown', 'page', {
    expr: 'up{job=~"gateway|inventory|pricing|user"} == 0',
    for: '2m',
    summary: '{{ $labels.job }} at {{ $labels.instance }} does not answer its admin port',
  }),
  alert('FeedLags', 'page', {
    expr: 'hotpath_feed_lag_seconds > 10',
    for: '2m',
    summary:
      '{{ $labels.job }} at {{ $labels.instance }} has not read {{ $labels.feed }} for {{ $value | humanizeDuration }}',
  }),
  alert('CallsShed', 'ticket', {
    expr: 'sum by (job) (rate(hotpath_admission_refused_total[5m])) / sum by (job) (rate(rpc_server_call_duration_seconds_count[5m])) > 0.01',
    for: '10m',
    summary: '{{ $labels.job }} refuses {{ $value | humanizePercentage }} of its calls',
  }),
  alert('WorkAfterEnd', 'ticket', {
    expr: 'hotpath_work_after_end > 0',
    for: '5m',
    summary: '{{ $labels.job }} works on for {{ $value }} calls of {{ $labels.rpc_method }} that have ended',
  }),
  alert('EventLoopBlocked', 'ticket', {
    expr: 'nodejs_eventloop_lag_p99_seconds > 0.1',
    for: '5m',
    summary:
      '{{ $labels.job }} at {{ $labels.instance }} has an event loop that lags {{ $value | humanizeDuration }}',
  }),
  alert('PoolExhausted', 'ticket', {
    expr: 'min_over_time(db_client_connection_pending_requests[5m]) > 0',
    for: '5m',
    summary: '{{ $labels.job }} at {{ $labels.instance }}: statements wait for a connection all the time',
  }),
  alert('CertificateExpires', 'page', {
    expr: 'hotpath_certificate_expiry_timestamp_seconds > 0 and hotpath_certificate_expiry_timestamp_seconds - time() < 86400',
    summary: '{{ $labels.job }} at {{ $labels.instance }}: its certificate expires within a day',
  }),
];
