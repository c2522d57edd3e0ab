import { freePort } from '@hotpath/testing';
import { expect, onTestFinished, test } from 'vitest';
import { openChannel } from './channel.ts';
import { firstConnections } from './first-connections.ts';
import { createServer } from './server.ts';

const freeAddress = async () => `127.0.0.1:${await freePort()}`;

function channelTo(address: string) {
  const channel = openChannel(address);
  onTestFinished(() => channel.close());
  return channel;
}

test('a start waits until all that it calls have answered its first connections', async () => {
  const [here, late] = [await freeAddress(), await freeAddress()];
  const listen = async (address: string) => {
    const server = createServer({ services: [], onInternal: () => {} });
    await server.listen(address);
    onTestFinished(() => server.drain(0));
  };
  await listen(here);
  let connected = false;
  const waiting = firstConnections([channelTo(here), channelTo(late)], 60_000).then(() => {
    connected = true;
  });
  await firstConnections([channelTo(here)], 60_000);
  expect(connected).toBe(false);
  await listen(late);
  await waiting;
});

test('a start whose neighbour is away waits no longer than it is told', async () => {
  const from = performance.now();
  await firstConnections([channelTo(await freeAddress())], 300);
  expect(performance.now() - from).toBeGreaterThanOrEqual(299);
});

test('a channel that is closed meanwhile is waited for no more', async () => {
  const channel = openChannel(await freeAddress());
  const waiting = firstConnections([channel], 600_000);
  channel.close();
  await waiting;
});
