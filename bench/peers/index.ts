import type { Peer } from './peer.ts';

/** A peer whose packages are in bench/package.json: the shop's own install and its type check do without. */
const foreign = (name: string) => async (): Promise<Peer> =>
  (await import(new URL(`foreign/${name}.ts`, import.meta.url).href)).default;

/** All peers by the names that they have in figures. A process loads only its own. */
export const peers: Readonly<Record<string, () => Promise<Peer>>> = {
  'express, new connections': async () => (await import('./express.ts')).newConnection,
  'express, keep-alive': async () => (await import('./express.ts')).keepAlive,
  'fastify + undici': foreign('fastify'),
  'node:http2': async () => (await import('./http2.ts')).http2,
  'grpc-js + proto-loader': async () => (await import('./proto-loader.ts')).protoLoader,
  'nice-grpc': foreign('nice-grpc'),
  'connect-node': foreign('connect'),
  'grpc-js, our codecs': async () => (await import('./bare.ts')).bare,
  hotpath: async () => (await import('./hotpath.ts')).hotpath,

  'grpc-js, our codecs and metrics': async () => (await import('./bare.ts')).measured,
  'hotpath, coalesced': async () => (await import('./hotpath.ts')).coalesced,
  'hotpath, cached': async () => (await import('./hotpath.ts')).cached,
  'hotpath, mutual TLS': async () => (await import('./hotpath.ts')).mutualTls,
};

/** The peers that stand side by side: each as its own documentation would have it. */
export const sideBySide = Object.keys(peers).slice(0, 9);

/** The peer of that name. Throws where there is none. */
export function peerOf(name: string): Promise<Peer> {
  const load = peers[name];
  if (!load) throw new Error(`there is no peer ${JSON.stringify(name)}: see bench/peers/index.ts`);
  return load();
}
