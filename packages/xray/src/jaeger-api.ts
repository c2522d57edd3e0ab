import type { JaegerTrace } from './jaeger.ts';
import { spansOfJaeger } from './jaeger.ts';
import { ReadError } from './read-error.ts';
import type { Span } from './span.ts';

/** How many traces are asked for at once; one answer is held in memory. */
const PAGE = 100;
/** A stretch of time no longer than this is not cut further, however many traces it holds. */
const SHORTEST_US = 1000;
const WITHIN_MS = 30_000;

/**
 * The spans of traces that a Jaeger holds, newest first. Read from the address's parameters: service (default all),
 * lookback in seconds (default 3600), limit in traces (default 2000).
 *
 * Jaeger has no pages and promises no order, so a stretch of time that has more traces than it answers with is asked for again in halves.
 */
export async function* readJaegerApi(address: URL): AsyncGenerator<Span[]> {
  const parameter = (name: string) => address.searchParams.get(name);
  const limit = Number(parameter('limit') ?? 2000);
  const now = Date.now() * 1000;
  const from = now - Number(parameter('lookback') ?? 3600) * 1e6;
  const service = parameter('service');
  const services = service ? [service] : await ask<string>(address, '/api/services', {});
  const seen = new Set<string>();
  for (const name of services) {
    const stretches: { start: number; end: number }[] = [{ start: from, end: now }];
    for (let stretch = stretches.pop(); stretch && seen.size < limit; stretch = stretches.pop()) {
      const { start, end } = stretch;
      const query = { service: name, start: `${start}`, end: `${end}`, limit: `${PAGE}` };
      const traces = await ask<JaegerTrace>(address, '/api/traces', query);
      const fresh = traces.filter(({ traceID }) => traceID && !seen.has(traceID)).slice(0, limit - seen.size);
      for (const { traceID } of fresh) seen.add(traceID as string);
      yield spansOfJaeger({ data: fresh });
      if (traces.length >= PAGE && end - start > SHORTEST_US) {
        const middle = Math.floor((start + end) / 2);
        stretches.push({ start, end: middle }, { start: middle + 1, end });
      }
    }
  }
}

async function ask<T>(address: URL, path: string, query: Record<string, string>): Promise<readonly T[]> {
  const url = new URL(`${path}?${new URLSearchParams(query)}`, address);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(WITHIN_MS) });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const { data } = (await response.json()) as { data?: readonly T[] | null };
    return data ?? [];
  } catch (error) {
    const { message, cause } = error as Error;
    throw new ReadError(
      `${url}: is no Jaeger that answers: ${(cause as Error | undefined)?.message || message}`,
    );
  }
}
