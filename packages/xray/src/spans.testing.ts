import type { Kind, Span, Traits } from './span.ts';
import { buildTrace, type Trace } from './trace.ts';

/** Not a whole µs, so that the clock seems exact. */
const BEGAN = 1_790_000_000_000_000_001n;

export type Sketch = Partial<Omit<Span, 'start' | 'end' | keyof Traits>> &
  Traits & { readonly at: readonly [fromMs: number, toMs: number]; readonly began?: bigint };

/** A span between two moments in ms; its operation is its id, its parent's id stands before a slash: 'page/query'. */
export function span(path: string, { at: [from, to], began = BEGAN, ...rest }: Sketch): Span {
  const [id, parentId] = path.split('/').reverse() as [string, string?];
  const ns = (ms: number) => began + BigInt(Math.round(ms * 1e6));
  const service = rest.service ?? 'shop';
  return {
    traceId: 'trace',
    id,
    ...(parentId !== undefined && { parentId }),
    links: [],
    detached: false,
    process: service,
    operation: id,
    kind: 'internal' as Kind,
    failed: false,
    start: ns(from),
    end: ns(to),
    ...rest,
    service,
  };
}

/** The trace of spans that make one. */
export function traceOf(spans: readonly Span[]): Trace {
  const trace = buildTrace(spans);
  if ('why' in trace) throw new Error(trace.why);
  return trace;
}
