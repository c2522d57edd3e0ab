import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const index = JSON.stringify(fileURLToPath(new URL('index.ts', import.meta.url)));

/** What a process prints that logs in the place `trace`. */
async function linesOf(code: string, env: NodeJS.ProcessEnv = {}) {
  const program = `
    const { createLogger, installTracing, traceFrom } = await import(${index});
    const log = createLogger({ name: 'test' });
    const trace = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), sampled: false };
    ${code}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    env: { PATH: process.env.PATH, ...env },
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('a line carries the ids of the trace it is logged in, sampled or not, and none where traces are off', async () => {
  const [off, outside, inside] = await linesOf(`
    traceFrom(() => current);
    let current = trace;
    log.info('off');
    installTracing({});
    current = undefined;
    log.info('outside');
    current = trace;
    log.info('inside');`);
  expect(inside).toMatchObject({ trace_id: '1'.repeat(32), span_id: '2'.repeat(16) });
  for (const line of [off, outside]) {
    expect(line).not.toHaveProperty('trace_id');
    expect(line).not.toHaveProperty('span_id');
  }
});

test('secrets never reach a log, however a request or settings are logged', async () => {
  const lines = await linesOf(`
    const secrets = { password: 'hush', token: 'hush', authorization: 'hush', cookie: 'hush', DATABASE_URL: 'hush' };
    log.info(secrets, 'on top');
    log.info({ headers: { ...secrets, 'set-cookie': 'hush' } }, 'in an object');
    log.info({ request: { headers: secrets } }, 'in one of its objects');`);
  expect(lines).toHaveLength(3);
  expect(JSON.stringify(lines)).not.toContain('hush');
  expect(lines[2].request.headers.authorization).toBe('[Redacted]');
});
