import { type Kind, type Span, traitsOf, type Value } from './span.ts';

/** What is read of OTLP's JSON: every part may be missing, since anybody may have written it. */
export type OtlpDocument = { readonly resourceSpans?: readonly ResourceSpans[] };
export type ResourceSpans = {
  readonly resource?: { readonly attributes?: readonly KeyValue[] };
  readonly scopeSpans?: readonly { readonly spans?: readonly OtlpSpan[] }[];
};
type OtlpSpan = {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly kind?: number | string;
  readonly startTimeUnixNano?: string | number;
  readonly endTimeUnixNano?: string | number;
  readonly attributes?: readonly KeyValue[];
  readonly status?: { readonly code?: number | string };
  readonly links?: readonly { readonly traceId?: string; readonly spanId?: string }[];
};
type KeyValue = {
  readonly key?: string;
  readonly value?: {
    readonly stringValue?: string;
    readonly intValue?: string | number;
    readonly doubleValue?: number;
    readonly boolValue?: boolean;
  };
};

const kinds: readonly Kind[] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];

/** The spans of an OTLP export. One that has no id, or has not ended, is left out. */
export function spansOfOtlp({ resourceSpans = [] }: OtlpDocument): Span[] {
  const spans: Span[] = [];
  for (const { resource, scopeSpans = [] } of resourceSpans) {
    const attribute = lookUp(resource?.attributes);
    const service = String(attribute('service.name') ?? 'unknown');
    const process = processOf(service, attribute);
    for (const scope of scopeSpans) {
      for (const span of scope.spans ?? []) {
        const read = readSpan(span, service, process);
        if (read) spans.push(read);
      }
    }
  }
  return spans;
}

/** What tells the processes of a service apart, of what their resource says. */
export function processOf(service: string, attribute: (name: string) => Value): string {
  const names = ['service.instance.id', 'host.name', 'hostname', 'k8s.pod.name', 'process.pid', 'ip'];
  return [service, ...names.map(attribute).filter((value) => value !== undefined)].join(' ');
}

/** Instrumentations of gRPC put "grpc." before the method on the client's side only. */
export function operationOf(name: string | undefined): string {
  return name?.replace(/^grpc\.(?=.*\/)/, '') || 'unnamed';
}

function readSpan(span: OtlpSpan, service: string, process: string): Span | undefined {
  const { traceId, spanId: id, parentSpanId, links = [] } = span;
  const [start, end] = [BigInt(span.startTimeUnixNano ?? -1), BigInt(span.endTimeUnixNano ?? -1)];
  if (!traceId || !id || start < 0n || end < start) return undefined;
  return {
    traceId,
    id,
    ...(parentSpanId && !/^(0+|A+=?)$/.test(parentSpanId) && { parentId: parentSpanId }),
    links: links.flatMap((link) => (link.traceId === traceId && link.spanId ? [link.spanId] : [])),
    detached: false,
    service,
    process,
    operation: operationOf(span.name),
    kind: kindOf(span.kind),
    start,
    end,
    failed: span.status?.code === 2 || span.status?.code === 'STATUS_CODE_ERROR',
    ...traitsOf(service, lookUp(span.attributes)),
  };
}

function kindOf(kind: number | string | undefined): Kind {
  if (typeof kind === 'number') return kinds[kind] ?? 'internal';
  const named = kind?.replace('SPAN_KIND_', '').toLowerCase() as Kind;
  return kinds.includes(named) ? named : 'internal';
}

function lookUp(attributes: readonly KeyValue[] = []): (name: string) => Value {
  return (name) => {
    const value = attributes.find(({ key }) => key === name)?.value;
    return value?.stringValue ?? value?.intValue ?? value?.doubleValue ?? value?.boolValue;
  };
}
