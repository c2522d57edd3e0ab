import { stringify } from 'yaml';
import type { Component } from './component.ts';

const healthPort = 13_133;

/** How many traces it remembers; then the oldest go. */
const maxTraces = 10_000;

const config = {
  extensions: {
    healthcheckv2: { use_v2: true, http: { endpoint: `0.0.0.0:${healthPort}` } },
    jaeger_storage: { backends: { memory: { memory: { max_traces: maxTraces } } } },
    jaeger_query: {
      storage: { traces: 'memory' },
      http: { endpoint: '0.0.0.0:16686' },
      grpc: { endpoint: '127.0.0.1:16685' },
    },
  },
  receivers: { otlp: { protocols: { grpc: { endpoint: '0.0.0.0:4317' } } } },
  exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  service: {
    extensions: ['healthcheckv2', 'jaeger_storage', 'jaeger_query'],
    pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
    telemetry: { metrics: { level: 'none' } },
  },
};

/** Keeps traces in memory, and shows them. */
export const jaeger: Component = {
  name: 'jaeger',
  image: 'jaegertracing/jaeger:2.13.0',
  uid: 10_001,
  args: ['--config=/config/jaeger.yaml'],
  ports: [
    { name: 'otlp-grpc', number: 4317, protocol: 'gRPC', from: ['collector'] },
    { name: 'query', number: 16_686, protocol: 'HTTP/1', from: ['grafana'] },
  ],
  probe: { path: '/status', port: healthPort },
  files: { '/config': { 'jaeger.yaml': stringify(config) } },
  requests: { cpuMillis: 20, memoryMi: 320 },
};
