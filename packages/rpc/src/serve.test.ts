import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from '@hotpath/testing';
import { expect, onTestFinished, test } from 'vitest';
import { probeHealth } from './peer-health.ts';
import type { ProcessMessage } from './process.ts';

test('a service that is starting refuses connections, so that its clients call others', async () => {
  const port = await freePort();
  const child = fork(new URL('./serve.testing.ts', import.meta.url), {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      LOG_LEVEL: 'warn',
      USER_PORT: String(port),
      USER_ADMIN_PORT: '0',
    },
  });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill();
    await ended;
  });

  await told(child, 'opening');
  const [error] = await once(connect(port, '127.0.0.1'), 'error');
  expect(error.code).toBe('ECONNREFUSED');

  const ready = told(child, 'ready');
  child.send('open');
  await ready;
  expect(await probeHealth(`127.0.0.1:${port}`)).toBe('SERVING');
});

function told(child: ChildProcess, type: ProcessMessage['type'] | 'opening'): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: { type: string }) => {
      if (message.type === type) resolve();
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before it was ${type}`)));
  });
}
