import { dashboard } from './panels.ts';
import { quantile, rate } from './promql.ts';

const edgeLabels = 'job="$job", rpc_method="$rpc_method"';
const client = 'rpc_client_call_duration_seconds';
const server = 'rpc_server_call_duration_seconds';

export const edge = dashboard({
  uid: 'edge',
  title: 'one RPC edge',
  description: 'One process that calls one RPC: what it sees, beside what the callee does.',
  variables: [
    ['job', `${client}_count`],
    ['rpc_method', `${client}_count{job="$job"}`],
  ],
  panels: [
    {
      title: 'Calls per second, by status',
      description: 'As the caller sees them.',
      unit: 'reqps',
      queries: [
        [
          '{{rpc_response_status_code}}',
          `sum by (rpc_response_status_code) (${rate(`${client}_count{${edgeLabels}}`)})`,
        ],
      ],
    },
    {
      title: 'Duration at the caller',
      description: 'With what it waits in its own queue, on the network and for retries.',
      unit: 's',
      queries: [0.5, 0.9, 0.99].map(
        (q) => [`p${q * 100}`, quantile(q, '', `${client}_bucket{${edgeLabels}}`)] as const,
      ),
    },
    {
      title: 'Duration at the callee',
      description:
        'Of the RPC, whoever calls. What is missing to the caller’s is queue, network, mesh and retries.',
      unit: 's',
      queries: [0.5, 0.9, 0.99].map(
        (q) => [`p${q * 100}`, quantile(q, '', `${server}_bucket{rpc_method="$rpc_method"}`)] as const,
      ),
    },
    {
      title: 'Callers of the RPC',
      description: 'As the callee sees them: by proven identity, else anonymous.',
      unit: 'reqps',
      queries: [['{{peer}}', `sum by (peer) (${rate(`${server}_count{rpc_method="$rpc_method"}`)})`]],
    },
    {
      title: 'Part of the budget used',
      description:
        'Of what each call was given, which may be less than the RPC’s own. Above 100 % it was late.',
      unit: 'percentunit',
      queries: [0.5, 0.99].map(
        (q) =>
          [
            `p${q * 100}`,
            quantile(q, '', `hotpath_rpc_client_budget_used_ratio_bucket{${edgeLabels}}`),
          ] as const,
      ),
    },
    {
      title: 'Late and retried',
      description: 'Calls past their deadline, and attempts after the first.',
      unit: 'reqps',
      queries: [
        ['late', `sum(${rate(`hotpath_rpc_client_past_deadline_total{${edgeLabels}}`)})`],
        ['retried', `sum(${rate(`hotpath_rpc_client_retries_total{${edgeLabels}}`)})`],
      ],
    },
    {
      title: 'Calls under way',
      description: 'At the caller and, whoever calls, at the callee.',
      unit: 'short',
      queries: [
        ['caller', `sum(rpc_client_active_calls{${edgeLabels}})`],
        ['callee', 'sum(rpc_server_active_calls{rpc_method="$rpc_method"})'],
      ],
    },
    {
      title: 'Held back',
      description:
        'Calls that wait in the caller, of all its calls to the same address, and calls that the callee sheds.',
      unit: 'short',
      queries: [
        ['queued for {{peer}}', 'hotpath_client_queued_calls{job="$job"}'],
        ['shed per second', `sum(${rate('hotpath_admission_refused_total{rpc_method="$rpc_method"}')})`],
      ],
    },
  ],
});
