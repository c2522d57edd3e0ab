import { stringify } from 'yaml';
import type { Component } from './component.ts';

const healthPort = 13_133;

const config = {
  extensions: { health_check: { endpoint: `0.0.0.0:${healthPort}` } },
  receivers: {
    otlp: { protocols: { grpc: { endpoint: '0.0.0.0:4317' }, http: { endpoint: '0.0.0.0:4318' } } },
  },
  processors: {
    // Above it spans are refused, and whoever sends them keeps or drops them.
    memory_limiter: { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 20 },
    batch: { timeout: '1s' },
  },
  exporters: { otlp_grpc: { endpoint: 'jaeger:4317', tls: { insecure: true } } },
  service: {
    extensions: ['health_check'],
    pipelines: {
      traces: { receivers: ['otlp'], processors: ['memory_limiter', 'batch'], exporters: ['otlp_grpc'] },
    },
    telemetry: { metrics: { level: 'none' } },
  },
};

/** Takes spans of the shop's processes and of Linkerd's proxies, and hands them on in batches. */
export const collector: Component = {
  name: 'collector',
  image: 'otel/opentelemetry-collector-contrib:0.155.0',
  uid: 10_001,
  args: ['--config=/config/collector.yaml'],
  ports: [
    { name: 'otlp-grpc', number: 4317, protocol: 'gRPC', from: ['shop'], proxies: true },
    { name: 'otlp-http', number: 4318, protocol: 'HTTP/1', from: ['shop'] },
  ],
  probe: { path: '/', port: healthPort },
  files: { '/config': { 'collector.yaml': stringify(config) } },
  requests: { cpuMillis: 20, memoryMi: 64 },
};
