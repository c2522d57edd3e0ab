import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { UserService } from '@hotpath/contracts';
import { freePort } from '@hotpath/testing';
import { expect, onTestFinished, test } from 'vitest';
import { openChannel } from './channel.ts';
import { createClient } from './client.ts';
import { probeHealth } from './peer-health.ts';
import type { ProcessMessage } from './process.ts';

async function start() {
  const port = await freePort();
  const child = fork(new URL('./serve.testing.ts', import.meta.url), {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      LOG_LEVEL: 'info',
      DRAIN_GRACE_MS: '600000',
      USER_PORT: String(port),
      USER_ADMIN_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const log = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  await told(child, 'opening');
  return { child, log, ended, port, address: `127.0.0.1:${port}` };
}

test('a service that is starting refuses connections, so that its clients call others', async () => {
  const { child, port, address } = await start();
  const [error] = await once(connect(port, '127.0.0.1'), 'error');
  expect(error.code).toBe('ECONNREFUSED');

  const ready = told(child, 'ready');
  child.send('open');
  await ready;
  expect(await probeHealth(address)).toBe('SERVING');
});

test('one whose start takes long, as while its database waits to be migrated, says NOT_SERVING', async () => {
  const { child, address } = await start();
  await expect.poll(() => probeHealth(address)).toBe('NOT_SERVING');
  const ready = told(child, 'ready');
  child.send('open');
  await ready;
  expect(await probeHealth(address)).toBe('SERVING');
});

test('a second signal ends a process at once, whatever it still does', async () => {
  const { child, log, ended, address } = await start();
  const ready = told(child, 'ready');
  child.send('open');
  await ready;
  const channel = openChannel(address);
  onTestFinished(() => channel.close());
  const call = createClient(UserService, channel)
    .getSegment({ userId: 1n })
    .catch(({ code }) => code);
  expect(await probeHealth(address)).toBe('SERVING'); // by then the call is there, too
  child.kill('SIGTERM');
  for await (const line of log) if (line.includes('draining')) break;
  child.kill('SIGTERM');
  expect(await ended).toEqual([1, null]);
  await call;
});

function told(child: ChildProcess, type: ProcessMessage['type'] | 'opening'): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: { type: string }) => {
      if (message.type === type) resolve();
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before it was ${type}`)));
  });
}
