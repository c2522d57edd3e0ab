import {
  createServer,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem, problemType } from './problem.ts';

/** A connection, and what is known of it. */
type Connection = {
  /** What it waits for. */
  answer: ServerResponse | undefined;
  /** When it was opened or answered last, `performance.now()` ms. */
  usedAt: number;
};

/** The open connections of each server: Node counts one that has sent nothing yet as busy, and tells of none. */
const connections = new WeakMap<Server, Map<Socket, Connection>>();

/** Who has come, or asked for something, in this time, ms, may well ask for more on the same connection within as long. */
const lingerMs = 1_000;

/**
 * Node's HTTP server with every limit that keeps slow or many clients from wearing it out set on purpose.
 * @param maxConnections above which new connections are closed at once
 */
export function createHttpServer(listener: RequestListener, maxConnections: number): Server {
  const server = createServer(
    {
      // The largest honest request head is a session cookie of 1 KB and 100 product ids of 20 characters.
      maxHeaderSize: 16 * 1024,
      // Slowloris: a request's head must be there in this time, ms.
      headersTimeout: 10_000,
      // The longest import; shorter bodies have a limit of their own (body-time.ts), ms.
      requestTimeout: 3_600_000,
      // How exactly both are kept, ms.
      connectionsCheckingInterval: 2_000,
      // Longer than the 60 s of usual load balancers, so that it is they who close a connection first, ms.
      keepAliveTimeout: 65_000,
      // Whoever offers HTTP/2 or anything else gets HTTP/1.1.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    },
    listener,
  );
  server.maxConnections = maxConnections;
  server.on('clientError', answerClientError);
  const open = new Map<Socket, Connection>();
  connections.set(server, open);
  server.on('connection', (socket) => {
    open.set(socket, { answer: undefined, usedAt: performance.now() });
    socket.once('close', () => open.delete(socket));
  });
  server.prependListener('request', ({ socket }, answer) => {
    const connection = open.get(socket);
    if (!connection) return;
    connection.answer = answer;
    answer.once('close', () => Object.assign(connection, { answer: undefined, usedAt: performance.now() }));
  });
  return server;
}

const clientErrors: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** What cannot even be read as HTTP is answered here, in the same words as all other problems. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = clientErrors[error.code ?? ''] ?? 400;
  const { body } = new Problem(status, status === 400 ? 'INVALID_ARGUMENT' : 'REQUEST_REFUSED', {
    detail: 'the request could not be read as HTTP/1.1, came too slowly, or has more than 16 KB of headers',
  });
  const json = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: ${problemType}\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`,
  );
}

/** Listens. @returns the port. Rejects where it is taken. */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/**
 * Lets what is under way finish, and cuts what is left after `graceMs`. HTTP/1.1 has no word for "send me no more": a
 * request that is sent while its connection is closed is lost. So every answer from now on tells its client to close it
 * (RFC 9112, 9.6), and connections in use stay open for the second in which most get one. That second is counted from the
 * drain's beginning: counted from a connection's last answer, it would end just as a client asks that does so each second.
 */
export async function drain(server: Server, graceMs: number): Promise<void> {
  const begun = performance.now();
  const until = begun + graceMs;
  const open = connections.get(server) ?? new Map<Socket, Connection>();
  server.prependListener('request', (_request, answer) => void answer.setHeader('connection', 'close'));
  // A stream has told its client already that its connection is kept: it gets another request, or is closed like others.
  for (const { answer } of open.values()) if (!answer?.headersSent) answer?.setHeader('connection', 'close');
  const inUse = ({ answer, usedAt }: Connection) => answer === undefined && begun - usedAt < lingerMs;
  const lingerUntil = Math.min(begun + lingerMs, until);
  while ([...open.values()].some(inUse) && performance.now() < lingerUntil) await sleep(20);

  await new Promise<void>((resolve) => {
    const sweep = setInterval(() => {
      server.closeIdleConnections();
      for (const socket of open.keys()) if (socket.bytesRead === 0) socket.destroy();
    }, 50);
    const cut = setTimeout(() => server.closeAllConnections(), Math.max(0, until - performance.now()));
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(cut);
      resolve();
    });
  });
}
