import { attributes } from './attributes.ts';
import type { Kind, Span } from './span.ts';

const kinds: readonly Kind[] = ['internal', 'server', 'client', 'producer', 'consumer'];

/** The attributes from which a span's traits are read. */
function attributesOf({ role, waits = {}, attempt, budget, resends }: Span): [string, string | number][] {
  const names = {
    coalesce: attributes.coalesceWait,
    queue: attributes.queueWait,
    admission: attributes.admissionWait,
    pool: attributes.poolWait,
    eventloop: attributes.eventLoop,
  };
  const list: [string, string | number | undefined][] = [
    ...Object.entries(waits).map(
      ([wait, ns]) => [names[wait as keyof typeof names], ns / 1e6] as [string, number],
    ),
    ['db.system.name', role === 'database' ? 'postgresql' : undefined],
    ['component', role === 'proxy' ? 'proxy' : undefined],
    [attributes.attempt, attempt],
    ['http.request.resend_count', resends],
    [attributes.budgetStart, budget?.startMs],
    [attributes.budgetEnd, budget?.endMs],
  ];
  return list.filter((entry): entry is [string, string | number] => entry[1] !== undefined);
}

/** An OTLP export of spans, as JSON of the collector. */
export function toOtlp(spans: readonly Span[]): object {
  const value = (of: string | number) => (typeof of === 'string' ? { stringValue: of } : { doubleValue: of });
  const resourceSpans = [...Map.groupBy(spans, ({ service }) => service)].map(([service, list]) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [
      {
        spans: list.map((span) => ({
          traceId: span.traceId,
          spanId: span.id,
          parentSpanId: span.parentId ?? '',
          name: span.operation,
          kind: kinds.indexOf(span.kind) + 1,
          startTimeUnixNano: String(span.start),
          endTimeUnixNano: String(span.end),
          attributes: attributesOf(span).map(([key, of]) => ({ key, value: value(of) })),
          status: span.failed ? { code: 2 } : {},
          links: span.links.map((spanId) => ({ traceId: span.traceId, spanId })),
        })),
      },
    ],
  }));
  return { resourceSpans };
}

/** Spans as Jaeger's API and its UI's export have them: in whole us. */
export function toJaeger(spans: readonly Span[]): { data: object[] } {
  const traces = Map.groupBy(spans, ({ traceId }) => traceId);
  return {
    data: [...traces].map(([traceID, list]) => ({
      traceID,
      spans: list.map((span) => ({
        traceID,
        spanID: span.id,
        operationName: span.operation,
        references: [
          ...span.links.map((spanID) => ({ refType: 'FOLLOWS_FROM', traceID, spanID })),
          ...(span.parentId ? [{ refType: 'CHILD_OF', traceID, spanID: span.parentId }] : []),
        ],
        startTime: Number(span.start / 1000n),
        duration: Number(span.end / 1000n - span.start / 1000n),
        tags: [
          { key: 'span.kind', type: 'string', value: span.kind },
          ...(span.failed ? [{ key: 'error', type: 'bool', value: true }] : []),
          ...attributesOf(span).map(([key, value]) => ({ key, value })),
        ],
        processID: span.service,
      })),
      processes: Object.fromEntries(list.map(({ service }) => [service, { serviceName: service, tags: [] }])),
    })),
  };
}
