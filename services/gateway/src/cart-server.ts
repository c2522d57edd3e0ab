import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { callGraph } from '@hotpath/contracts';
import { withBudget } from '@hotpath/rpc';
import { requestTrace } from '@hotpath/telemetry';
import type { Express, Request, Response } from 'express';
import { type WebSocket, WebSocketServer } from 'ws';
import { closeCodes, serveCart } from './cart-socket.ts';
import { clientOf, type StreamLimits } from './limits.ts';
import { abortedByLeaving, ownOrigin } from './mount-routes.ts';
import { checkOrigin } from './origin.ts';
import { Problem } from './problem.ts';
import { type Services, segmentOf } from './services.ts';
import { identify, type VerifyToken } from './session.ts';
import type { StreamLanes } from './stream-lanes.ts';

/** WebSockets that quote carts. */
export type CartServer = {
  /** Answers `GET /api/cart`: by an open socket where the request asks for one. */
  handle(request: Request, response: Response): Promise<void>;
  /** Lets `app` answer the server's upgrade requests too, so that its checks and limits hold for them. */
  attach(server: Server, app: Express): void;
  /** Closes all sockets; their owners may come back at once, elsewhere. */
  close(): void;
};

const path = 'WS /api/cart';
const budgetMs = callGraph[path]?.budgetMs as number;

/** The largest message, bytes: a change takes 70. */
const maxPayload = 4 * 1024;

/** How often a silent socket is asked whether it is still there, ms; twice no answer ends it. */
const heartbeatMs = 30_000;

/** How long the other side may take to answer a close, ms. */
const closingMs = 1_000;

const leaving = 'the server is going away';

/** What the sockets need. */
export type CartParts = {
  readonly services: Services;
  readonly lanes: StreamLanes;
  readonly limits: StreamLimits;
  readonly verify: VerifyToken;
};

/** The carts of this process. */
export function createCartServer({ services, lanes, limits, verify }: CartParts): CartServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload });
  const upgrades = new WeakMap<IncomingMessage, { readonly socket: Socket; readonly head: Buffer }>();
  const silent = new WeakSet<WebSocket>();
  let closed = false;
  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) socket.terminate();
      silent.add(socket);
      socket.ping();
    }
  }, heartbeatMs);

  return {
    async handle(request, response) {
      const upgrade = upgrades.get(request);
      if (!upgrade) {
        throw new Problem(426, 'UPGRADE_REQUIRED', {
          detail: 'carts are quoted over a WebSocket: ask for one',
          headers: { Upgrade: 'websocket' },
        });
      }
      const signal = abortedByLeaving(response);
      const { session, segment } = await withBudget(
        { path, budgetMs, signal, trace: requestTrace(request) },
        async () => {
          const { session } = await identify(request, verify);
          checkOrigin(request, ownOrigin(request), session);
          return { session, segment: await segmentOf(services, session) };
        },
      );
      const { socket, head } = upgrade;
      socket.once('close', limits.take(clientOf(request)));
      const { pricing, release } = lanes.take();
      socket.once('close', release);
      response.detachSocket(socket);
      sockets.handleUpgrade(request, socket, head, (open) => {
        if (closed) return open.close(closeCodes.goingAway, leaving);
        open.on('pong', () => silent.delete(open));
        serveCart(open, { pricing, segment, session });
      });
    },

    attach(server, app) {
      server.on('upgrade', (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
        const socket = duplex as Socket;
        socket.on('error', () => socket.destroy());
        const response = new ServerResponse(request);
        response.shouldKeepAlive = false;
        response.assignSocket(socket);
        response.once('finish', () => socket.end());
        upgrades.set(request, { socket, head });
        app(request as Request, response as Response);
      });
    },

    close() {
      closed = true;
      clearInterval(heartbeat);
      for (const socket of sockets.clients) socket.close(closeCodes.goingAway, leaving);
      setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, closingMs).unref();
    },
  };
}
