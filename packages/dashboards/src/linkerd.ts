import { dashboard } from './panels.ts';
import { quantile, rate, share } from './promql.ts';

const outbound = 'direction="outbound"';

export const linkerd = dashboard({
  uid: 'linkerd',
  title: 'Linkerd',
  description: 'What the proxies see, on the way out of each pod.',
  panels: [
    {
      title: 'Requests per second',
      description: 'By the service that they go to.',
      unit: 'reqps',
      queries: [['{{dst_service}}', `sum by (dst_service) (${rate(`request_total{${outbound}}`)})`]],
    },
    {
      title: 'Responses that fail',
      description: 'By the proxy’s own judgement: it counts calls that were left, too.',
      unit: 'percentunit',
      queries: [
        [
          '{{dst_service}}',
          share(
            'dst_service',
            rate(`response_total{${outbound}, classification="failure"}`),
            rate(`response_total{${outbound}}`),
          ),
        ],
      ],
    },
    {
      title: 'Time until the response has ended',
      description: 'From proxy to proxy and in the callee; streams included.',
      unit: 'ms',
      queries: [0.5, 0.99].map(
        (q) =>
          [
            `{{dst_service}} p${q * 100}`,
            quantile(q, 'dst_service', `response_latency_ms_bucket{${outbound}}`),
          ] as const,
      ),
    },
    {
      title: 'Routes: time of requests',
      description: 'With the retries that the mesh makes. The kit has it make none: its clients do.',
      unit: 's',
      queries: [
        [
          '{{parent_name}} {{route_name}} p99',
          quantile(0.99, 'parent_name, route_name', 'outbound_grpc_route_request_duration_seconds_bucket'),
        ],
      ],
    },
    {
      title: 'Routes: statuses',
      description: 'gRPC’s, by route.',
      unit: 'reqps',
      queries: [
        [
          '{{parent_name}} {{route_name}} {{grpc_status}}',
          `sum by (parent_name, route_name, grpc_status) (${rate('outbound_grpc_route_request_statuses_total')})`,
        ],
      ],
    },
    {
      title: 'Routes: retries',
      description: 'Made by the mesh, and those of them that brought an answer.',
      unit: 'reqps',
      queries: [
        ['{{route_name}} made', `sum by (route_name) (${rate('outbound_grpc_route_retry_requests_total')})`],
        ['{{route_name}} good', `sum by (route_name) (${rate('outbound_grpc_route_retry_successes_total')})`],
      ],
    },
    {
      title: 'Endpoints',
      description: 'That a proxy balances over, by whether the breaker lets it use them.',
      unit: 'short',
      queries: [
        [
          '{{backend_name}} {{endpoint_state}}',
          'sum by (backend_name, endpoint_state) (outbound_http_balancer_endpoints)',
        ],
      ],
    },
    {
      title: 'Refused by policy',
      description: 'Requests that no AuthorizationPolicy lets in.',
      unit: 'reqps',
      queries: [
        [
          '{{srv_name}} {{route_name}}',
          `sum by (srv_name, route_name) (${rate('inbound_http_authz_deny_total')})`,
        ],
      ],
    },
    {
      title: 'Connections',
      description: 'Open, by direction.',
      unit: 'short',
      queries: [['{{direction}}', 'sum by (direction) (tcp_open_connections)']],
    },
    {
      title: 'The proxy’s certificate expires in',
      description: 'It lives a day and is renewed at 70 % of it.',
      unit: 's',
      queries: [['{{instance}}', 'control_identity_cert_expiration_timestamp_seconds - time()']],
    },
  ],
});
