import { setGlobalErrorHandler } from '@opentelemetry/core';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { register } from 'import-in-the-middle/register-hooks.mjs';
import { createLogger } from '../logger.ts';
import { installTracing } from '../trace.ts';
import { samplerOf } from '../trace-settings.ts';
import { instrumentations } from './instrumentations.ts';
import { openTracing } from './open-tracing.ts';
import { decidedElsewhere, spanIds } from './spans.ts';

/** What of the modules that are imported is instrumented; require() needs no list. */
const instrumented = [
  '@grpc/grpc-js',
  'express',
  'pg',
  'pg-pool',
  'http',
  'node:http',
  'https',
  'node:https',
];

/** How long the last spans may take to leave, ms: a process that ends does not wait for an exporter that is gone. */
const closeMs = 1_000;

/** How often an exporter that fails is told of, ms. */
const complaintMs = 60_000;

/**
 * Starts OpenTelemetry's SDK by its OTEL_* variables, and installs it as the process's tracing.
 * @throws Error that names a variable that is wrong
 */
export async function startTracing(): Promise<void> {
  const { env } = process;
  const name = nameOf(process.argv[1]) ?? 'hotpath';
  env.OTEL_SERVICE_NAME ||= name;
  env.OTEL_NODE_RESOURCE_DETECTORS ||= 'env,host,serviceinstance';
  // Metrics are scraped from the admin port, and logs go to standard output.
  env.OTEL_METRICS_EXPORTER = 'none';
  env.OTEL_LOGS_EXPORTER = 'none';
  const decide = samplerOf(env);
  complainSeldom(name);
  register({ include: instrumented });
  const allowDebug = env.TRACE_DEBUG ? env.TRACE_DEBUG === 'true' : env.NODE_ENV !== 'production';
  const sdk = new NodeSDK({
    instrumentations: instrumentations({ decide, allowDebug }),
    sampler: decidedElsewhere,
    idGenerator: spanIds,
  });
  sdk.start();
  installTracing(openTracing(decide, () => within(closeMs, sdk.shutdown())));
}

/** A service's name, by the path of its main.ts. */
function nameOf(main = ''): string | undefined {
  return /services\/([\w-]+)\/src\/main\.ts$/.exec(main)?.[1];
}

/** An exporter that is absent harms nobody: its spans are dropped above a limit, and one line a minute says so. */
function complainSeldom(name: string): void {
  const log = createLogger({ name });
  let quietUntil = 0;
  setGlobalErrorHandler((error) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + complaintMs;
    const why =
      error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : String(error);
    // It is told of in whatever call happens to run.
    const none = { trace_id: undefined, span_id: undefined };
    log.warn({ ...none, why }, 'spans cannot be exported and are lost; see OTEL_EXPORTER_OTLP_ENDPOINT');
  });
}

function within(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    work
      .catch(() => {})
      .finally(() => {
        clearTimeout(timer);
        resolve();
      });
  });
}
