import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { registry } from './metrics.ts';
import { openMetrics, openMetricsType } from './open-metrics.ts';

/** What `listenAdmin` is told. */
export type AdminInit = {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Whether the process takes work now; the reason where it does not. */
  readonly readiness: () => { readonly ready: boolean; readonly reason: string };
  /** Answers what else there is, by any method; undefined for what is not there. */
  readonly more?: (request: IncomingMessage) => Promise<AdminAnswer | undefined>;
};

/** An answer in JSON. */
export type AdminAnswer = { readonly status: number; readonly json: unknown };

/**
 * The admin port, for probes and Prometheus: /livez says that the event loop turns, /readyz whether work may
 * be sent, /metrics what is measured: as OpenMetrics, with exemplars, where `Accept` names it.
 * @returns the port, and how to close it. Rejects where the port is taken.
 */
export function listenAdmin(init: AdminInit): Promise<{ readonly port: number; close(): void }> {
  const server = createServer(async (request, response) => {
    const path = request.url?.split('?')[0];
    const answer = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
      response.writeHead(status, { 'content-type': type }).end(text);
    const other = await init.more?.(request);
    if (other) return answer(other.status, `${JSON.stringify(other.json)}\n`, 'application/json');
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'only GET\n');
    if (path === '/livez') return answer(200, 'ok\n');
    if (path === '/readyz') {
      const { ready, reason } = init.readiness();
      return answer(ready ? 200 : 503, `${reason}\n`);
    }
    if (path === '/metrics') {
      return request.headers.accept?.includes(openMetricsType)
        ? answer(200, await openMetrics(), `${openMetricsType}; version=1.0.0; charset=utf-8`)
        : answer(200, await registry.metrics(), registry.contentType);
    }
    return answer(404, 'here are /livez /readyz /metrics\n');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(init.port, init.host, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        close() {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}
