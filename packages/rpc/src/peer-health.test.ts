import { UserService } from '@hotpath/contracts';
import { freePort } from '@hotpath/testing';
import { expect, onTestFinished, test } from 'vitest';
import { openChannel } from './channel.ts';
import { askHealth } from './peer-health.ts';
import { createServer } from './server.ts';

const patientMs = 20_000;

test('a process is asked whether it serves over the channel that calls it', async () => {
  const server = createServer({ services: [UserService], onInternal: () => {} });
  const channel = openChannel(`127.0.0.1:${await server.listen('127.0.0.1:0')}`);
  onTestFinished(async () => {
    channel.close();
    await server.drain(0);
  });
  expect(await askHealth(channel, patientMs)).toBe('NOT_SERVING');
  server.open([]);
  expect(await askHealth(channel, patientMs)).toBe('SERVING');
});

test('one that is not there is told by the status of the call', async () => {
  const channel = openChannel(`127.0.0.1:${await freePort()}`);
  onTestFinished(() => channel.close());
  expect(await askHealth(channel, patientMs)).toBe('UNAVAILABLE');
});
