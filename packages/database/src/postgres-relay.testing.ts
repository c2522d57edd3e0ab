import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Stands between clients and a PostgreSQL server and spoils what it is told to. */
export interface Relay {
  /** The server's URL, with the relay's port. */
  readonly url: string;
  /** How much later a cancel request is passed on, ms; Infinity for never. */
  cancelDelay: () => number;
  /** Does not tell the server when a client's connection ends. */
  keepServerSide: boolean;
  /** Passes nothing on, and nobody is told. */
  silent: boolean;
  /** Sees what a client sends before it is passed on. */
  onSent: (text: string, client: Socket) => void;
  /** Ends all connections that there are. */
  cut(): void;
}

/** What a cancel request has in place of a protocol version, after its length. */
export const cancelCode = '\x04\xd2\x16\x2e';

/** Starts a relay in front of the server of a URL, for the time of the test. */
export async function startRelay(url: string): Promise<Relay> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (bytes) => {
      const delay = bytes.toString('latin1', 4, 8) === cancelCode ? relay.cancelDelay() : 0;
      if (relay.silent || delay === Number.POSITIVE_INFINITY) return;
      relay.onSent(bytes.toString('latin1'), client);
      if (delay > 0) setTimeout(() => upstream.write(bytes), delay);
      else upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (!relay.silent) client.write(bytes);
    });
    upstream.on('close', () => client.destroy());
    client.on('close', () => {
      if (!relay.keepServerSide) upstream.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    relay.cut();
    await new Promise((resolve) => server.close(resolve));
  });

  const relayed = new URL(url);
  relayed.hostname = '127.0.0.1';
  relayed.port = String((server.address() as AddressInfo).port);
  const relay: Relay = {
    url: relayed.href,
    cancelDelay: () => 0,
    keepServerSide: false,
    silent: false,
    onSent: () => {},
    cut() {
      for (const socket of sockets) socket.destroy();
    },
  };
  return relay;
}
