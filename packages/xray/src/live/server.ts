import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { OtlpDocument } from '../otlp.ts';
import { type Report, reportOf } from '../report.ts';
import { emptyPage, livePage } from './pages.ts';
import { openStore } from './store.ts';
import { madeOnce, type Operation, viewer, viewOf } from './view.ts';

/** The X-ray of what runs. */
export type LiveXray = { readonly port: number; close(): Promise<void> };

/** What `/api/report` answers: the report of one operation, and which others there are. */
export type LiveReport = Report & {
  readonly operations: readonly Operation[];
  /** The one it is about; null before there is any. */
  readonly operation: string | null;
};

/** Longest export that is taken, bytes, before and after it is unpacked. */
const longestExport = 16 * 1024 * 1024;

const pageOf = madeOnce(livePage);
const reportTextOf = madeOnce((view, operation) => {
  const report: LiveReport = {
    operations: view.operations,
    operation,
    ...reportOf(viewOf(view, operation)),
  };
  return JSON.stringify(report);
});
const script = readFileSync(new URL('refresh.js', import.meta.url));

/**
 * Receives traces by OTLP over HTTP as JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp), on loopback, and shows
 * them: `/` is the X-ray, `/api/report` the same as JSON (`LiveReport`), `/api/traces` what it was made of, a trace a line.
 * @param port 0 takes any free one
 * @param shop the address of what is looked into, where it is known: the page says how to ask it
 * @param settledMs a trace is looked into when nothing has come of it for so long: more than a process waits to export
 * @throws Error with `code` EADDRINUSE where it is taken
 */
export async function startLiveXray(
  port: number,
  { shop, settledMs = 2_000 }: { readonly shop?: string; readonly settledMs?: number } = {},
): Promise<LiveXray> {
  const store = openStore();
  const look = viewer(store, settledMs);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    // Another site's page may have its own name lead to this address, and then ask as if it were this one.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) {
      return reply(response, 403, 'text/plain', 'only as 127.0.0.1 or localhost\n');
    }
    const { method } = request;
    if (url.pathname === '/v1/traces' && method === 'POST') return receive(request, response);
    if (method !== 'GET') return reply(response, 405, 'text/plain', 'GET, or POST /v1/traces\n');
    switch (url.pathname) {
      case '/refresh.js':
        return reply(response, 200, 'text/javascript', script);
      case '/api/traces':
        response.writeHead(200, { 'content-type': 'application/x-ndjson' });
        return pipeline(async function* () {
          for (const document of store.documents()) yield `${document}\n`;
        }, response);
      case '/':
      case '/api/report':
        return show(url, response);
      default:
        reply(response, 404, 'text/plain', 'here are / /api/report /api/traces and POST /v1/traces\n');
    }
  }

  /** What the traces show by now, as a page or as JSON. */
  async function show(url: URL, response: ServerResponse): Promise<void> {
    const view = await look();
    const asked = url.searchParams.get('operation') ?? view.operations[0]?.name;
    const chosen = view.operations.find(({ name }) => name === asked);
    if (url.pathname === '/api/report') {
      if (asked !== undefined && !chosen) return reply(response, 404, 'text/plain', `no trace of ${asked}\n`);
      if (chosen) return reply(response, 200, 'application/json', reportTextOf(view, chosen.name));
      const report: LiveReport = { operations: [], operation: null, ...reportOf(view.analysis) };
      return reply(response, 200, 'application/json', JSON.stringify(report));
    }
    const page = chosen ? pageOf(view, chosen.name) : emptyPage(shop, asked);
    reply(response, chosen || asked === undefined ? 200 : 404, 'text/html; charset=utf-8', page);
  }

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
      const word = 'OTLP as JSON only: set OTEL_EXPORTER_OTLP_PROTOCOL=http/json\n';
      return reply(response, 415, 'text/plain', word);
    }
    const body = await read(request);
    if (body === undefined)
      return reply(response, 413, 'text/plain', 'longer than 16 MiB: send less at once\n');
    try {
      store.add(JSON.parse(body) as OtlpDocument);
    } catch (error) {
      return reply(response, 400, 'text/plain', `not OTLP JSON: ${(error as Error).message}\n`);
    }
    reply(response, 200, 'application/json', '{}');
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      if (response.headersSent) return void response.destroy();
      reply(response, 500, 'text/plain', `${error.message}\n`);
    });
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function reply(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(body);
}

/** The body as text; none when it is too long. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const packed = request.headers['content-encoding'] === 'gzip';
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of packed ? request.pipe(createGunzip()) : request) {
    length += (chunk as Buffer).length;
    if (length > longestExport) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}
