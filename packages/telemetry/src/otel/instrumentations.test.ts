import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const register = fileURLToPath(new URL('../register.ts', import.meta.url));

/** A program that serves HTTP by Express, asks itself with some headers and prints whether its handler was in a span. */
const program = (headers: object, path: string) => `
  import { createServer, request } from 'node:http';
  import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
  import express from 'express';
  const app = express();
  app.get('${path}', (_request, response) => {
    const inSpan = trace.getSpan(context.active()) !== undefined;
    response.json({ inSpan, bare: context.active() === ROOT_CONTEXT });
  });
  const server = createServer(app).listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    request({ port, host: '127.0.0.1', path: '${path}', headers: ${JSON.stringify(headers)} }, (response) => {
      response.pipe(process.stdout);
      response.on('end', () => process.exit());
    }).end();
  });`;

async function handlerOf(headers: object, env: NodeJS.ProcessEnv = {}, path = '/items/1') {
  const args = ['--import', register, '--input-type=module', '--eval', program(headers, path)];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: fileURLToPath(new URL('../../../../services/gateway', import.meta.url)),
    env: {
      PATH: process.env.PATH,
      NODE_ENV: '',
      LOG_LEVEL: 'silent',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_TRACES_SAMPLER: 'parentbased_always_off',
      ...env,
    },
  });
  return JSON.parse(stdout);
}

const sampled = { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` };
const unsampled = { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00` };

test('a request of an exported trace goes through the instrumentation, any other as if there were none', async () => {
  expect(await handlerOf(sampled)).toEqual({ inSpan: true, bare: false });
  expect(await handlerOf(unsampled)).toEqual({ inSpan: false, bare: true });
  expect(await handlerOf({})).toEqual({ inSpan: false, bare: true });
});

test('what probes and an open console ask for is no part of a trace', async () => {
  for (const path of ['/readyz', '/api/console/health']) {
    expect(await handlerOf(sampled, {}, path)).toEqual({ inSpan: false, bare: true });
  }
});

test('the debug header counts where it is allowed: not in production unless TRACE_DEBUG says so', async () => {
  const headers = { 'x-trace-debug': '1' };
  expect(await handlerOf(headers)).toMatchObject({ inSpan: true });
  expect(await handlerOf({ ...headers, ...unsampled })).toMatchObject({ inSpan: true });
  expect(await handlerOf(headers, { NODE_ENV: 'production' })).toMatchObject({ inSpan: false });
  expect(await handlerOf(headers, { NODE_ENV: 'production', TRACE_DEBUG: 'true' })).toMatchObject({
    inSpan: true,
  });
});
