import type { ServerResponse } from 'node:http';
import { registry } from '@hotpath/telemetry';
import { Gauge } from 'prom-client';
import type { Session } from './session.ts';
import { atSessionEnd } from './session-end.ts';

/**
 * Server-sent events. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export type EventStreams = {
  /** Begins a stream, which ends when the client leaves, its session ends or `end` is called. */
  open(response: ServerResponse, session: Session | undefined): EventStream;
  /** How many are open. */
  count(): number;
  /** Ends all, and at once what is opened from now on; `retry:` has told browsers when to come back. */
  close(): void;
};

/** A stream of events to one browser. */
export type EventStream = {
  /** Sends an event. `data` has no line breaks. */
  send(name: string, data: string, id?: string): void;
  /** Ends the stream. */
  end(): void;
};

/** Tells browsers when to come back after a break: after 2 s. */
const retry = 'retry: 2000\n\n';

/** How often a comment is sent where nothing else is, ms: proxies cut what is silent for 30 s or more. */
const heartbeatMs = 15_000;

/** What may wait for a browser that does not read, bytes; one with more is cut off. */
const mostWaiting = 1024 * 1024;

const clients = new Gauge({
  name: 'hotpath_gateway_sse_clients',
  help: 'Event streams open to browsers',
  registers: [registry],
});

/** Keeps the event streams of this process. */
export function createEventStreams(): EventStreams {
  const open = new Set<ServerResponse>();
  let closed = false;
  const heartbeat = setInterval(() => {
    for (const response of open) write(response, ':\n\n');
  }, heartbeatMs);

  return {
    open(response, session) {
      response.writeHead(200, {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store',
        // nginx would hold events back
        'X-Accel-Buffering': 'no',
      });
      const stream = {
        send: (name: string, data: string, id?: string) =>
          write(response, `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${data}\n\n`),
        end: () => void response.end(),
      };
      if (closed || response.req.method === 'HEAD' || response.destroyed) {
        if (closed) response.write(retry);
        stream.end();
        return stream;
      }
      // What is sent at once goes out as one piece.
      response.cork();
      process.nextTick(() => response.uncork());
      response.write(retry);
      open.add(response);
      clients.inc();
      const forget = session && atSessionEnd(session, stream.end);
      response.once('close', () => {
        open.delete(response);
        clients.dec();
        forget?.();
      });
      return stream;
    },
    count: () => open.size,
    close() {
      closed = true;
      clearInterval(heartbeat);
      for (const response of open) response.end();
    },
  };
}

function write(response: ServerResponse, text: string): void {
  if (response.writableEnded || response.destroyed) return;
  response.write(text);
  if (response.writableLength > mostWaiting) response.destroy();
}
