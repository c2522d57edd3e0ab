import type { OtlpDocument } from '../otlp.ts';

/** What a store holds at most: then its oldest traces go, whole. */
export type StoreLimits = { readonly traces: number; readonly bytes: number };

/** The newest traces that came, as they came. */
export type TraceStore = {
  /** When the last export came, `performance.now()` ms; 0 before the first. */
  readonly changedAt: number;
  readonly traces: number;
  /** What it holds, and what it takes to hold it. */
  readonly bytes: number;
  /** Takes an export. @returns how many spans it had */
  add(document: OtlpDocument): number;
  /**
   * Each trace as one document of OTLP JSON, in one line; the oldest first.
   * @param settledMs only those of which nothing has come for so long: what has may be a part of them
   */
  documents(settledMs?: number): Iterable<string>;
};

/** What came of a trace, as JSON outside of the heap, where megabytes cost the garbage collector nothing. */
type Kept = { readonly parts: Buffer[]; bytes: number; at: number };

/** 10,000 views of the shop's page of products, by a user who is signed in, are 117 MiB. */
const usual: StoreLimits = { traces: 10_000, bytes: 192 * 1024 * 1024 };
/** What a part takes besides its text, about: very many that say nothing must count too. */
const bytesOfPart = 300;
/** What part of all bytes one trace may have: looking into a trace takes several times its bytes at once. */
const shareOfTrace = 1 / 24;

/** Keeps the last 10,000 traces, or fewer where they are longer than 192 MiB together; none that is longer than 8 MiB. */
export function openStore(limits: StoreLimits = usual): TraceStore {
  const byId = new Map<string, Kept>();
  let bytes = 0;
  let changedAt = 0;

  function drop(traceId: string, kept: Kept): void {
    byId.delete(traceId);
    bytes -= kept.bytes;
  }

  function keep(traceId: string, part: Buffer): void {
    const kept = byId.get(traceId) ?? { parts: [], bytes: 0, at: 0 };
    byId.set(traceId, kept);
    kept.parts.push(part);
    kept.at = performance.now();
    const size = part.byteLength + bytesOfPart;
    kept.bytes += size;
    bytes += size;
    if (kept.bytes > limits.bytes * shareOfTrace) drop(traceId, kept);
    for (const [id, oldest] of byId) {
      if (byId.size <= limits.traces && bytes <= limits.bytes) break;
      drop(id, oldest);
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
        const from = JSON.stringify(resource ?? {});
        for (const [traceId, own] of Map.groupBy(spans, ({ traceId }) => traceId)) {
          if (!traceId) continue;
          const part = `{"resource":${from},"scopeSpans":[{"spans":${JSON.stringify(own)}}]}`;
          keep(traceId, Buffer.from(part));
        }
      }
      changedAt = performance.now();
      return count;
    },
    *documents(settledMs = 0) {
      const until = performance.now() - settledMs;
      for (const { parts, at } of byId.values()) {
        if (at > until) continue;
        yield `{"resourceSpans":[${parts.join(',')}]}`;
      }
    },
  };
}
