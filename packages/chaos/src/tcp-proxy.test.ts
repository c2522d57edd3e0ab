import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

let proxy: TcpProxy;
/** The server's side of the latest connection. */
let served: Socket;

/** A server that echoes behind a proxy. */
beforeEach(async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    served = socket;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startTcpProxy(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await proxy.close();
  });
});

async function open(): Promise<Socket> {
  const socket = connect(Number(proxy.address.split(':')[1]), '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes and gives how long it took until as many were back, ms, and in how many pieces they came. */
async function echo(socket: Socket, bytes: Buffer) {
  const sentAt = performance.now();
  const pieces: Buffer[] = [];
  const all = new Promise<void>((resolve) => {
    socket.on('data', (piece: Buffer) => {
      pieces.push(piece);
      if (Buffer.concat(pieces).length >= bytes.length) resolve();
    });
  });
  socket.write(bytes);
  await all;
  socket.removeAllListeners('data');
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  return { ms: performance.now() - sentAt, pieces: pieces.length };
}

/** What comes within a time, as text. */
async function heard(socket: Socket, ms: number): Promise<string> {
  let text = '';
  const listen = (bytes: Buffer) => {
    text += bytes;
  };
  socket.on('data', listen);
  await sleep(ms);
  socket.off('data', listen);
  return text;
}

const closed = (socket: Socket) =>
  socket.closed || new Promise<void>((resolve) => socket.once('close', () => resolve()));

const some = (length: number) => Buffer.from(Array.from({ length }, (_, i) => i % 251));

test('all passes unharmed, in both directions, and so does the end', async () => {
  const socket = await open();
  await echo(socket, some(3_000_000));
  const ended = once(socket, 'end');
  socket.on('data', () => {}).end();
  await ended;
});

test('latency holds bytes back once per way, in their order, and lets more come meanwhile', async () => {
  const socket = await open();
  await echo(socket, some(1));
  const heal = proxy.add({ type: 'latency', latencyMs: 100, jitterMs: 50 });
  expect((await echo(socket, some(1))).ms).toBeGreaterThan(95);
  heal();
  const healOne = proxy.add({ type: 'latency', latencyMs: 300 }, 'server');
  // Ten at once wait together, not one after the other.
  const sentAt = performance.now();
  for (let i = 0; i < 9; i++) {
    socket.write('.');
    await sleep(5);
  }
  const back = once(socket, 'data');
  await back;
  expect(performance.now() - sentAt).toBeGreaterThan(290);
  while (socket.bytesRead < 11) await once(socket, 'data');
  expect(performance.now() - sentAt).toBeLessThan(9 * 300);
  healOne();
});

test('bandwidth is the most that passes', async () => {
  const socket = await open();
  proxy.add({ type: 'bandwidth', bytesPerSecond: 100_000 }, 'client');
  expect((await echo(socket, some(50_000))).ms).toBeGreaterThan(380); // five tenths of a second, less the pause after the last
});

test('a slicer makes small pieces of what was one', async () => {
  const socket = await open();
  proxy.add({ type: 'slicer', bytes: 10, delayMs: 5 }, 'server');
  const { pieces, ms } = await echo(socket, some(200));
  expect(pieces).toBeGreaterThan(3);
  expect(ms).toBeGreaterThan(19 * 5);
});

test('in a black hole nothing passes, not even the news of an end; afterwards all comes', async () => {
  const socket = await open();
  await echo(socket, some(1));
  const heal = proxy.add({ type: 'timeout' });
  let told = false;
  served.on('end', () => {
    told = true;
  });
  socket.end('lost?');
  expect(await heard(served, 200)).toBe('');
  expect(told).toBe(false);
  const ended = once(served, 'end');
  const all = heard(served, 100);
  heal();
  await ended;
  expect(await all).toBe('lost?');
});

test('a half-open connection carries one way alone', async () => {
  const socket = await open();
  await echo(socket, some(1));
  const heal = proxy.add({ type: 'timeout' }, 'server');
  const arrived = once(served, 'data');
  socket.write('asked');
  expect(String((await arrived)[0])).toBe('asked');
  expect(await heard(socket, 100)).toBe('');
  const answered = once(socket, 'data');
  heal();
  expect(String((await answered)[0])).toBe('asked');
});

test('reset_peer resets connections that there are and new ones, until it is healed', async () => {
  const old = await open();
  await echo(old, some(1));
  const heal = proxy.add({ type: 'reset_peer', afterMs: 20 });
  const young = await open();
  await Promise.all([old, young].map(closed));
  heal();
  const later = await open();
  await echo(later, some(1));
  proxy.add({ type: 'reset_peer', afterMs: 20 })();
  await sleep(60);
  expect(later.closed).toBe(false);
});

test('what was silenced passes when it is not any more', async () => {
  const socket = await open();
  await echo(socket, some(1));
  proxy.silent = true;
  socket.write('held');
  expect(await heard(served, 50)).toBe('');
  const back = once(socket, 'data');
  proxy.silent = false;
  expect(String((await back)[0])).toBe('held');
});
