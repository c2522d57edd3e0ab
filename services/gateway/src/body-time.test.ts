import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { limitBodyTime, limitLingering } from './body-time.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => vi.useRealTimers());

/** Sends a head and a first part of a body to a server. @returns once the request is being handled */
async function sendPart(listener: RequestListener) {
  const server = createServer();
  const handled = once(server, 'request');
  server.on('request', listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
    server.close();
    server.closeAllConnections();
  });
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\npart');
  const [request] = await handled;
  request.resume();
  let closed = false;
  socket.on('close', () => {
    closed = true;
  });
  return { socket, request, isClosed: () => closed, closed: () => vi.waitUntil(() => closed) };
}

test('a body that is not there after 30 s', async () => {
  const { isClosed, closed } = await sendPart((request) => limitBodyTime(request, 'whole'));
  await vi.advanceTimersByTimeAsync(29_000);
  expect(isClosed()).toBe(false);
  vi.advanceTimersByTime(1_000);
  vi.useRealTimers();
  await closed();
});

test('a body of lines only where it is silent for a minute', async () => {
  const { socket, request, isClosed, closed } = await sendPart((request) => limitBodyTime(request, 'lines'));
  // A byte each minute keeps it open.
  for (let minute = 0; minute < 3; minute++) {
    const before = request.socket.bytesRead;
    socket.write('x');
    while (request.socket.bytesRead === before) await new Promise(setImmediate);
    vi.advanceTimersByTime(60_000);
    await new Promise(setImmediate);
    expect(isClosed()).toBe(false);
  }
  vi.advanceTimersByTime(60_000);
  vi.useRealTimers();
  await closed();
});

test('a body that goes on for 5 s after its answer', async () => {
  const { socket, closed } = await sendPart((request, response) => {
    limitLingering(request, response, () => response.end('answer'));
  });
  if (socket.bytesRead === 0) await once(socket, 'data');
  await vi.advanceTimersByTimeAsync(5_000);
  vi.useRealTimers();
  await closed();
});

test('a body that has come is left alone', async () => {
  const { socket, request, isClosed } = await sendPart((request) => limitBodyTime(request, 'whole'));
  socket.write('x'.repeat(96));
  await once(request, 'close');
  expect(vi.getTimerCount()).toBe(0);
  expect(isClosed()).toBe(false);
});
