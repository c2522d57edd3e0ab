import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A span as it was exported. */
export type ExportedSpan = {
  readonly service: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly failed: boolean;
  /** ns since 1970. */
  readonly start: bigint;
  readonly end: bigint;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
};

/** A collector that keeps what it gets. */
export type OtlpReceiver = {
  /** Settings by which a process exports to it, at once. */
  readonly env: Readonly<Record<string, string>>;
  readonly spans: readonly ExportedSpan[];
  /** Resolves with what has come when `enough` says so of it. @throws Error with what has come after 10 s */
  until(
    enough: (spans: readonly ExportedSpan[]) => boolean,
    what?: (span: ExportedSpan) => boolean,
  ): Promise<readonly ExportedSpan[]>;
  /** Refuses connections from now on. */
  close(): Promise<void>;
};

const kinds = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const patienceMs = 10_000;

type WireAttribute = { readonly key: string; readonly value: Readonly<Record<string, unknown>> };
type WireSpan = Pick<ExportedSpan, 'name' | 'traceId' | 'spanId' | 'links'> & {
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly attributes?: readonly WireAttribute[];
  readonly status?: { readonly code?: number };
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
};
type Wire = {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: readonly WireAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
};

/** Receives traces by OTLP over HTTP, as JSON (https://opentelemetry.io/docs/specs/otlp/). */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ExportedSpan[] = [];
  const waiting = new Set<() => void>();
  const server = createServer(async (request, response) => {
    spans.push(...read((await json(request)) as Wire));
    response.setHeader('content-type', 'application/json').end('{}');
    for (const look of waiting) look();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '20',
    },
    spans,
    until(enough, what = () => true) {
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(look);
          const came = spans.filter(what).map(({ service, kind, name }) => `${service} ${kind} ${name}`);
          reject(new Error(`not within ${patienceMs} ms; these spans have come:\n${came.join('\n')}`));
        }, patienceMs);
        const look = () => {
          const found = spans.filter(what);
          if (!enough(found)) return;
          clearTimeout(late);
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function* read({ resourceSpans = [] }: Wire): Iterable<ExportedSpan> {
  for (const { resource, scopeSpans } of resourceSpans) {
    const service = String(attributesOf(resource.attributes)['service.name']);
    for (const wire of scopeSpans.flatMap(({ spans }) => spans)) {
      yield {
        service,
        name: wire.name,
        kind: kinds[wire.kind] ?? 'internal',
        traceId: wire.traceId,
        spanId: wire.spanId,
        parentSpanId: wire.parentSpanId || undefined,
        attributes: attributesOf(wire.attributes ?? []),
        failed: wire.status?.code === 2,
        start: BigInt(wire.startTimeUnixNano),
        end: BigInt(wire.endTimeUnixNano),
        links: (wire.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
      };
    }
  }
}

function attributesOf(attributes: readonly WireAttribute[]): ExportedSpan['attributes'] {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const [[type, raw] = []] = Object.entries(value);
      return [key, type === 'intValue' ? Number(raw) : (raw as string | number | boolean)];
    }),
  );
}
