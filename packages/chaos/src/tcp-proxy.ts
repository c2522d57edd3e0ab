import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Who sends the bytes that pass. */
export type Sender = 'client' | 'server';

/** What is done to one connection's bytes: passes on what it returns. `cut` resets the connection, on both sides. */
export type Meddler = (bytes: Buffer, sender: Sender, cut: () => void) => Buffer;

/** A TCP proxy in front of a server. */
export type TcpProxy = {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  /** Where new connections lead from now on: `127.0.0.1:PORT`. */
  target: string;
  /** Makes what is done to each new connection from now on. */
  meddler: () => Meddler;
  /** While it is, no bytes pass, of old connections and of new ones, and nobody is told; afterwards they all come. */
  silent: boolean;
  /** Resets all connections that there are. */
  cutAll(): void;
  close(): Promise<void>;
};

/** Passes all on. */
export const passOn: () => Meddler = () => (bytes) => bytes;

/** Starts a proxy on a free port that passes all on until it is told otherwise. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const cuts = new Set<() => void>();
  const sockets = new Set<Socket>();
  let silent = false;
  const server = createServer((client) => {
    const upstream = connect(Number(proxy.target.split(':')[1]), '127.0.0.1');
    const meddle = proxy.meddler();
    const cut = () => {
      cuts.delete(cut);
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    };
    cuts.add(cut);
    const pass = (from: Socket, to: Socket, sender: Sender) => {
      from.on('data', (bytes) => {
        const passed = meddle(bytes, sender, cut);
        if (passed.length > 0 && to.writable) to.write(passed);
      });
      from.on('end', () => to.end());
      from.on('error', cut);
      from.on('close', () => sockets.delete(from));
      sockets.add(from);
      if (silent) from.pause();
    };
    pass(client, upstream, 'client');
    pass(upstream, client, 'server');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const proxy: TcpProxy = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    target,
    meddler: passOn,
    get silent() {
      return silent;
    },
    set silent(now) {
      silent = now;
      for (const socket of sockets) silent ? socket.pause() : socket.resume();
    },
    cutAll() {
      for (const cut of cuts) cut();
    },
    async close() {
      server.close();
      proxy.cutAll();
      await once(server, 'close');
    },
  };
  return proxy;
}
