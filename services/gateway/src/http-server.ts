import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Problem, problemType } from './problem.ts';

/** The open connections of each server: Node counts one that has sent nothing yet as busy, and tells of none. */
const connections = new WeakMap<Server, Set<Socket>>();

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
  const open = new Set<Socket>();
  connections.set(server, open);
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
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

/** Takes no new connections, lets what is under way finish, and cuts what is left after `graceMs`. */
export function drain(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => {
      server.closeIdleConnections();
      for (const socket of connections.get(server) ?? []) if (socket.bytesRead === 0) socket.destroy();
    }, 50);
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(cut);
      resolve();
    });
  });
}
