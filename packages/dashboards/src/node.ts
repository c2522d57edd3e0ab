import { dashboard } from './panels.ts';
import { rate } from './promql.ts';

export const node = dashboard({
  uid: 'node',
  title: 'Node runtime',
  description: 'Event loop, memory, processor and database connections of each replica.',
  panels: [
    {
      title: 'Event-loop lag',
      description: 'How late timers come. Every call of the process waits as long.',
      unit: 's',
      queries: [
        ['{{job}} {{instance}} p50', 'nodejs_eventloop_lag_p50_seconds'],
        ['{{job}} {{instance}} p99', 'nodejs_eventloop_lag_p99_seconds'],
      ],
    },
    {
      title: 'Processor',
      description: 'Cores used. JavaScript uses one at most.',
      unit: 'short',
      queries: [['{{job}} {{instance}}', rate('process_cpu_seconds_total')]],
    },
    {
      title: 'Heap',
      description: 'Used and reserved.',
      unit: 'bytes',
      queries: [
        ['{{job}} {{instance}} used', 'nodejs_heap_size_used_bytes'],
        ['{{job}} {{instance}} reserved', 'nodejs_heap_size_total_bytes'],
      ],
    },
    {
      title: 'Memory of the process',
      description: 'What the limit of its container counts.',
      unit: 'bytes',
      queries: [['{{job}} {{instance}}', 'process_resident_memory_bytes']],
    },
    {
      title: 'Garbage collection',
      description: 'Part of the time.',
      unit: 'percentunit',
      queries: [
        [
          '{{job}} {{instance}} {{kind}}',
          `sum by (job, instance, kind) (${rate('nodejs_gc_duration_seconds_sum')})`,
        ],
      ],
    },
    {
      title: 'Handles and requests',
      description: 'Sockets, timers and the like, by type. One that only grows is a leak.',
      unit: 'short',
      queries: [['{{job}} {{instance}} {{type}}', 'nodejs_active_resources']],
    },
    {
      title: 'Database connections',
      description: 'At work and idle, and how many there may be.',
      unit: 'short',
      queries: [
        ['{{job}} {{instance}} {{db_client_connection_state}}', 'db_client_connection_count'],
        ['{{job}} {{instance}} most', 'db_client_connection_max'],
      ],
    },
    {
      title: 'Waiting for a database connection',
      description: 'Statements and transactions. Where it stays above 0 the alert PoolExhausted comes.',
      unit: 'short',
      queries: [['{{job}} {{instance}}', 'db_client_connection_pending_requests']],
    },
  ],
});
