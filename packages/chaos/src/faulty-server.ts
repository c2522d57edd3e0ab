import { once } from 'node:events';
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** How a server fails that speaks HTTP/2, but does not do what it is asked. */
export type Failure = (stream: ServerHttp2Stream, session: ServerHttp2Session) => void;

/** Resets the stream with an error code. */
export const reset =
  (code: number): Failure =>
  (stream) =>
    stream.close(code);

/** Says that it takes no more streams and has not looked at this one, and goes. */
export const goAway =
  (code: number): Failure =>
  (_stream, session) => {
    session.goaway(code, 0);
    session.destroy();
  };

/** A server that fails every request. */
export type FaultyServer = {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  fail: Failure;
  close(): void;
};

/** Starts one on a free port. */
export async function startFaultyServer(): Promise<FaultyServer> {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => {});
  });
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => {});
    if (stream.session) faulty.fail(stream, stream.session as ServerHttp2Session);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const faulty: FaultyServer = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    fail: reset(0),
    close() {
      server.close();
      for (const session of sessions) session.destroy();
    },
  };
  return faulty;
}
