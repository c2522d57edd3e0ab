import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { passOn as passBytes, type Toxic, type Toxics } from './toxics.ts';

export type { Toxic } from './toxics.ts';

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
  /** Whether a black hole is on both ways: no bytes pass and nobody is told; afterwards they all come. */
  silent: boolean;
  /**
   * Makes something wrong with the way of a sender's bytes, else with both, of old connections and of new ones. A black
   * hole on one way alone leaves connections half-open.
   * @returns heals it
   */
  add(toxic: Toxic, sender?: Sender): () => void;
  /** Resets all connections that there are. */
  cutAll(): void;
  close(): Promise<void>;
};

type ResetPeer = Extract<Toxic, { type: 'reset_peer' }>;

/** Passes all on. */
export const passOn: () => Meddler = () => (bytes) => bytes;

/** Starts a proxy on a free port that passes all on until it is told otherwise. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const cuts = new Set<() => void>();
  const ways = { client: createWay(), server: createWay() };
  const resets = new Set<ResetPeer>();
  let heal: (() => void) | undefined;

  /** Unless it is healed before. */
  const cutLater = (reset: ResetPeer, connections: readonly (() => void)[]) =>
    setTimeout(() => {
      if (resets.has(reset)) for (const cut of connections) cut();
    }, reset.afterMs);

  // Small pieces go on at once: together with a receiver that acknowledges late, Nagle's algorithm would hold them for 40 ms.
  const noDelay = true;
  const server = createServer({ noDelay }, (client) => {
    const upstream = connect({ port: Number(proxy.target.split(':')[1]), host: '127.0.0.1', noDelay });
    const meddle = proxy.meddler();
    const cut = () => {
      cuts.delete(cut);
      for (const socket of [client, upstream]) reset(socket);
    };
    cuts.add(cut);
    const pass = (from: Socket, to: Socket, sender: Sender) => {
      passBytes(from, to, ways[sender], (bytes) => meddle(bytes, sender, cut));
      // A black hole swallows this news too.
      from.on('error', () => void ways[sender].open().then(cut));
    };
    pass(client, upstream, 'client');
    pass(upstream, client, 'server');
    for (const toxic of resets) cutLater(toxic, [cut]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const proxy: TcpProxy = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    target,
    meddler: passOn,
    get silent() {
      return heal !== undefined;
    },
    set silent(now) {
      heal?.();
      heal = now ? proxy.add({ type: 'timeout' }) : undefined;
    },
    add(toxic, sender) {
      if (toxic.type === 'reset_peer') {
        const own = { ...toxic };
        resets.add(own);
        cutLater(own, [...cuts]);
        return () => resets.delete(own);
      }
      const heals = (sender ? [ways[sender]] : [ways.client, ways.server]).map((way) => way.add(toxic));
      return () => {
        for (const heal of heals) heal();
      };
    },
    cutAll() {
      for (const cut of cuts) cut();
    },
    async close() {
      for (const way of Object.values(ways)) way.clear();
      server.close();
      proxy.cutAll();
      await once(server, 'close');
    },
  };
  return proxy;
}

/** One that is being ended cannot be reset any more: libuv refuses, and Node would wait for it for ever at its exit. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

/** The toxics of one way. */
function createWay(): Toxics & { add(toxic: Toxic): () => void; clear(): void } {
  const toxics = new Set<Toxic>();
  const waiting = new Set<() => void>();
  const find: Toxics['find'] = (type) => {
    for (const toxic of toxics)
      if (toxic.type === type) return toxic as Extract<Toxic, { type: typeof type }>;
    return undefined;
  };
  const wake = () => {
    if (find('timeout')) return;
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  return {
    find,
    async open() {
      while (find('timeout')) await new Promise<void>((resolve) => waiting.add(resolve));
    },
    add(toxic) {
      const own = { ...toxic };
      toxics.add(own);
      return () => {
        toxics.delete(own);
        wake();
      };
    },
    clear() {
      toxics.clear();
      wake();
    },
  };
}
