import type { OtlpDocument } from '../otlp.ts';

/** What a store holds at most: then its oldest traces go, whole. */
export type StoreLimits = { readonly traces: number; readonly bytes: number };

/** The newest traces that came, as they came. */
export type TraceStore = {
  /** When the last export came, `performance.now()` ms; 0 before the first. */
  readonly changedAt: number;
  readonly traces: number;
  /** Characters of its spans' JSON, which are bytes where they are ASCII. */
  readonly bytes: number;
  /** Takes an export. @returns how many spans it had */
  add(document: OtlpDocument): number;
  /**
   * Each trace as one document of OTLP JSON, in one line; the oldest first.
   * @param settledMs only those of which nothing has come for so long: what has may be a part of them
   */
  documents(settledMs?: number): Iterable<string>;
};

type Part = { readonly resource: string; readonly spans: string };
type Kept = { readonly parts: Part[]; bytes: number; at: number };

const usual: StoreLimits = { traces: 10_000, bytes: 128 * 1024 * 1024 };
/** How many processes are remembered by what they say of themselves, which comes with every export. */
const resourcesKnown = 100;

/** Keeps the last 10,000 traces, or fewer where they are longer than 128 MiB together. */
export function openStore(limits: StoreLimits = usual): TraceStore {
  const byId = new Map<string, Kept>();
  const resources = new Map<string, string>();
  let bytes = 0;
  let changedAt = 0;

  /** The one copy of what a process says of itself. */
  function known(resource: string): string {
    const copy = resources.get(resource);
    if (copy !== undefined) return copy;
    if (resources.size === resourcesKnown) resources.clear();
    resources.set(resource, resource);
    return resource;
  }

  function keep(traceId: string, part: Part): void {
    const kept = byId.get(traceId) ?? { parts: [], bytes: 0, at: 0 };
    byId.set(traceId, kept);
    kept.parts.push(part);
    kept.at = performance.now();
    kept.bytes += part.spans.length;
    bytes += part.spans.length;
    for (const [id, oldest] of byId) {
      if (byId.size <= limits.traces && bytes <= limits.bytes) break;
      byId.delete(id);
      bytes -= oldest.bytes;
    }
  }

  return {
    get changedAt() {
      return changedAt;
    },
    get traces() {
      return byId.size;
    },
    get bytes() {
      return bytes;
    },
    add({ resourceSpans = [] }) {
      let count = 0;
      for (const { resource, scopeSpans = [] } of resourceSpans) {
        const spans = scopeSpans.flatMap(({ spans = [] }) => spans);
        count += spans.length;
        const from = known(JSON.stringify(resource ?? {}));
        for (const [traceId, own] of Map.groupBy(spans, ({ traceId }) => traceId)) {
          if (traceId) keep(traceId, { resource: from, spans: JSON.stringify(own) });
        }
      }
      changedAt = performance.now();
      return count;
    },
    *documents(settledMs = 0) {
      const until = performance.now() - settledMs;
      for (const { parts, at } of byId.values()) {
        if (at > until) continue;
        const exports = parts.map(
          ({ resource, spans }) => `{"resource":${resource},"scopeSpans":[{"spans":${spans}}]}`,
        );
        yield `{"resourceSpans":[${exports.join(',')}]}`;
      }
    },
  };
}
