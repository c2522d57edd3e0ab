import { dashboard } from './panels.ts';
import { rate, streamsOnly } from './promql.ts';

export const streams = dashboard({
  uid: 'streams',
  title: 'watch streams',
  description: 'From the change feeds in the databases to the browsers.',
  panels: [
    {
      title: 'Open streams, by RPC',
      description: 'At the process that serves them.',
      unit: 'short',
      queries: [['{{job}} {{rpc_method}}', 'sum by (job, rpc_method) (hotpath_rpc_server_open_streams)']],
    },
    {
      title: 'Open streams, by caller',
      description: 'At the process that reads them.',
      unit: 'short',
      queries: [['{{job}} {{rpc_method}}', 'sum by (job, rpc_method) (hotpath_rpc_client_open_streams)']],
    },
    {
      title: 'Event streams to browsers',
      description: 'And the streams from pricing that they share.',
      unit: 'short',
      queries: [
        ['event streams', 'sum(hotpath_gateway_sse_clients)'],
        ['from pricing', 'sum(hotpath_gateway_upstream_watches)'],
      ],
    },
    {
      title: 'Ends of streams per second',
      description: 'By status. Age ends streams too, with UNAVAILABLE; their readers resume elsewhere.',
      unit: 'reqps',
      queries: [
        [
          '{{rpc_method}} {{rpc_response_status_code}}',
          `sum by (rpc_method, rpc_response_status_code) (${rate(`rpc_server_call_duration_seconds_count{${streamsOnly}}`)})`,
        ],
      ],
    },
    {
      title: 'Feed lag',
      description:
        'Age of the oldest change that a replica has not read. Above 10 s the alert FeedLags comes.',
      unit: 's',
      queries: [['{{feed}} {{instance}}', 'hotpath_feed_lag_seconds']],
    },
    {
      title: 'Changes behind the foremost replica',
      description: 'By replica. One that stays behind does not read.',
      unit: 'short',
      queries: [
        [
          '{{feed}} {{instance}}',
          'max by (feed) (hotpath_feed_position) - on (feed) group_right () hotpath_feed_position',
        ],
      ],
    },
  ],
});
