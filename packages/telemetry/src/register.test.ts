import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const register = fileURLToPath(new URL('register.ts', import.meta.url));
const kit = fileURLToPath(new URL('../../rpc/src/index.ts', import.meta.url));

/** Tells of every module of OpenTelemetry that is loaded. */
const spy = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  const seen = new Set();
  registerHooks({
    load(url, context, next) {
      const [, name] = /node_modules\\/(@opentelemetry\\/[\\w-]+|import-in-the-middle)\\//.exec(url) ?? [];
      if (name) seen.add(name);
      return next(url, context);
    },
  });
  process.on('exit', () => console.log(JSON.stringify([...seen])));
`)}`;

async function run(code: string, env: NodeJS.ProcessEnv = {}) {
  const args = ['--import', spy, '--import', register, '--input-type=module', '--eval', code];
  return promisify(execFile)(process.execPath, args, {
    env: { PATH: process.env.PATH, NODE_ENV: '', ...env },
  }).catch((error: { code: number; stdout: string; stderr: string }) => error);
}

test('where traces are off no module of OpenTelemetry is loaded but the interface that prom-client needs', async () => {
  const { stdout } = await run(`await import(${JSON.stringify(kit)})`);
  expect(JSON.parse(stdout)).toEqual(['@opentelemetry/api']);
});

test('where they are on the SDK is', async () => {
  const { stdout } = await run('', { OTEL_TRACES_EXPORTER: 'console' });
  expect(JSON.parse(stdout)).toContain('@opentelemetry/sdk-node');
});

test('a wrong sampler is one clear line and exit 1', async () => {
  const outcome = await run('', { OTEL_TRACES_EXPORTER: 'console', OTEL_TRACES_SAMPLER: 'some' });
  expect(outcome).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^traces: OTEL_TRACES_SAMPLER .*\n$/),
  });
});

test('a collector that is not there holds no more than the queue, and costs one line', async () => {
  const trace = fileURLToPath(new URL('trace.ts', import.meta.url));
  const { stdout } = await run(
    `const { newSpanId, newTraceId, tracing } = await import(${JSON.stringify(trace)});
     const export100 = () => {
       for (let i = 0; i < 100; i++) {
         const context = { traceId: newTraceId(), spanId: newSpanId(), sampled: true };
         tracing.export({ name: 'x', kind: 'server', context, startMs: 0, endMs: 1, attributes: { text: 'x'.repeat(1000) + i } });
       }
     };
     for (let round = 0; round < 1000; round++) {
       export100();
       await new Promise(setImmediate);
     }
     globalThis.gc?.();
     const heapMb = process.memoryUsage().heapUsed / 2 ** 20;
     await new Promise((resolve) => setTimeout(resolve, 500));
     await tracing.close();
     console.log(JSON.stringify({ heapMb }));`,
    {
      NODE_OPTIONS: '--expose-gc',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_TIMEOUT: '100',
      OTEL_BSP_SCHEDULE_DELAY: '10',
    },
  );
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ msg }) => /cannot be exported/.test(msg ?? ''))).toHaveLength(1);
  // 100,000 such spans would be 200 MB.
  expect(lines.find(({ heapMb }) => heapMb).heapMb).toBeLessThan(80);
});
