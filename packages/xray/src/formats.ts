import { type JaegerDocument, type JaegerTrace, spansOfJaeger } from './jaeger.ts';
import { type ResourceSpans, spansOfOtlp } from './otlp.ts';
import { ReadError } from './read-error.ts';
import type { Span } from './span.ts';

/** The shapes in which traces come; all of them wrap OTLP's resource spans or Jaeger's traces. */
type Document = {
  readonly resourceSpans?: readonly ResourceSpans[];
  /** Tempo's name for them. */
  readonly batches?: readonly ResourceSpans[];
  /** Jaeger's third API and Tempo's second wrap OTLP once more. */
  readonly result?: Document;
  readonly trace?: Document;
  readonly data?: readonly JaegerTrace[] | null;
  readonly resourceMetrics?: unknown;
  readonly resourceLogs?: unknown;
};

/** The spans in a JSON document of OTLP or Jaeger, or in a list of them. Throws a ReadError that names the place. */
export function spansOf(document: unknown, where: string): Span[] {
  if (Array.isArray(document)) return document.flatMap((part: unknown) => spansOf(part, where));
  const { resourceSpans, batches, result, trace, data, resourceMetrics, resourceLogs } = (document ??
    {}) as Document;
  const otlp = resourceSpans ?? batches;
  try {
    if (otlp) return spansOfOtlp({ resourceSpans: otlp });
    if (Array.isArray(data)) return spansOfJaeger({ data } satisfies JaegerDocument);
  } catch (error) {
    throw new ReadError(`${where}: not as OTLP or Jaeger write traces: ${(error as Error).message}`);
  }
  const wrapped = result ?? trace;
  if (wrapped) return spansOf(wrapped, where);
  // A collector may write everything to one file.
  if (resourceMetrics || resourceLogs) return [];
  throw new ReadError(
    `${where}: neither OTLP JSON ("resourceSpans") nor a Jaeger export ("data"): ${JSON.stringify(document)?.slice(0, 60)}`,
  );
}
