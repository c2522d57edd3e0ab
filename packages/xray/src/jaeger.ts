import { operationOf, processOf } from './otlp.ts';
import { type Kind, type Span, traitsOf, type Value } from './span.ts';

/** What is read of the JSON that Jaeger's UI exports and its query API answers with. */
export type JaegerDocument = { readonly data: readonly JaegerTrace[] };
export type JaegerTrace = {
  readonly traceID?: string;
  readonly spans?: readonly JaegerSpan[];
  readonly processes?: Readonly<Record<string, Process>>;
};
type Process = { readonly serviceName?: string; readonly tags?: readonly Tag[] };
type Tag = { readonly key?: string; readonly value?: string | number | boolean };
type JaegerSpan = {
  readonly traceID?: string;
  readonly spanID?: string;
  readonly operationName?: string;
  readonly references?: readonly {
    readonly refType?: string;
    readonly traceID?: string;
    readonly spanID?: string;
  }[];
  /** In us. */
  readonly startTime?: number;
  readonly duration?: number;
  readonly tags?: readonly Tag[];
  readonly processID?: string;
  readonly process?: Process;
};

const kinds: readonly string[] = ['server', 'client', 'producer', 'consumer'] satisfies Kind[];

/** The spans of traces from Jaeger. One that has no id is left out. */
export function spansOfJaeger({ data }: JaegerDocument): Span[] {
  return data.flatMap(({ spans = [], processes = {} }) =>
    spans.flatMap((span) => readSpan(span, span.process ?? processes[span.processID ?? ''] ?? {}) ?? []),
  );
}

function readSpan(span: JaegerSpan, { serviceName = 'unknown', tags }: Process): Span | undefined {
  const { traceID: traceId, spanID: id, startTime, duration, references = [] } = span;
  if (!traceId || !id || startTime === undefined || duration === undefined) return undefined;
  const attribute = lookUp(span.tags);
  const within = references.filter((reference) => reference.traceID === traceId && reference.spanID);
  const parent = within.find(({ refType }) => refType === 'CHILD_OF') ?? within[0];
  const kind = String(attribute('span.kind')).toLowerCase();
  return {
    traceId,
    id,
    ...(parent?.spanID && { parentId: parent.spanID }),
    links: within.flatMap((reference) => (reference === parent ? [] : [reference.spanID as string])),
    detached: parent?.refType === 'FOLLOWS_FROM',
    service: serviceName,
    process: processOf(serviceName, lookUp(tags)),
    operation: operationOf(span.operationName),
    kind: kinds.includes(kind) ? (kind as Kind) : 'internal',
    start: BigInt(Math.round(startTime)) * 1000n,
    end: BigInt(Math.round(startTime + duration)) * 1000n,
    failed: attribute('error') === true || attribute('otel.status_code') === 'ERROR',
    ...traitsOf(serviceName, attribute),
  };
}

function lookUp(tags: readonly Tag[] = []): (name: string) => Value {
  return (name) => tags.find(({ key }) => key === name)?.value;
}
