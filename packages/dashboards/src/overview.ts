import { dashboard } from './panels.ts';
import { failures, quantile, rate, share, unaryOnly } from './promql.ts';

const server = 'rpc_server_call_duration_seconds';
const client = 'rpc_client_call_duration_seconds';

export const overview = dashboard({
  uid: 'overview',
  title: 'overview',
  description: 'Is the shop well, and where is it not?',
  panels: [
    {
      title: 'Processes that answer',
      description: 'By process. One that is missing is told by the alert ProcessDown.',
      unit: 'short',
      queries: [['{{job}}', 'sum by (job) (up{job=~"gateway|inventory|pricing|user"})']],
    },
    {
      title: 'Calls per second',
      description: 'By the process that answers them, streams included.',
      unit: 'reqps',
      queries: [['{{job}}', `sum by (job) (${rate(`${server}_count`)})`]],
    },
    {
      title: 'Calls that fail, by edge',
      description: 'As their callers see it. Mistakes of the caller and calls that it left are none.',
      unit: 'percentunit',
      queries: [
        [
          '{{job}} → {{rpc_method}}',
          share(
            'job, rpc_method',
            rate(`${client}_count{rpc_response_status_code=~"${failures}"}`),
            rate(`${client}_count`),
          ),
        ],
      ],
    },
    {
      title: 'Duration of calls',
      description: 'Of unary calls, at the process that answers them. Exemplars lead to traces.',
      unit: 's',
      queries: [
        ['{{job}} p50', quantile(0.5, 'job', `${server}_bucket{${unaryOnly}}`)],
        ['{{job}} p99', quantile(0.99, 'job', `${server}_bucket{${unaryOnly}}`)],
      ],
    },
    {
      title: 'Late, shed and retried',
      description:
        'Calls past their deadline, calls refused because they would be, and attempts after the first.',
      unit: 'reqps',
      queries: [
        ['late', `sum(${rate('hotpath_rpc_client_past_deadline_total')})`],
        ['shed', `sum(${rate('hotpath_admission_refused_total')})`],
        ['retried', `sum(${rate('hotpath_rpc_client_retries_total')})`],
      ],
    },
    {
      title: 'Look-ups per batch',
      description: 'How many look-ups become one call. At 1 nothing is saved.',
      unit: 'short',
      queries: [
        [
          '{{job}}',
          `sum by (job) (${rate('hotpath_coalesced_batch_size_sum')}) / sum by (job) (${rate('hotpath_coalesced_batch_size_count')})`,
        ],
      ],
    },
    {
      title: 'Browsers that watch prices',
      description: 'Event streams, and the streams from pricing that they share.',
      unit: 'short',
      queries: [
        ['event streams', 'sum(hotpath_gateway_sse_clients)'],
        ['from pricing', 'sum(hotpath_gateway_upstream_watches)'],
      ],
    },
    {
      title: 'Certificates expire in',
      description: 'With mutual TLS; the alert CertificateExpires comes a day before.',
      unit: 's',
      queries: [['{{job}}', 'min by (job) ((hotpath_certificate_expiry_timestamp_seconds > 0) - time())']],
    },
  ],
});
