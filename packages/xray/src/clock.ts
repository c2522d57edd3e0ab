import type { Span } from './span.ts';

/** An interval on the root's clock, in ns. */
type Interval = { readonly start: number; readonly end: number };

/**
 * How far a callee's clock must be moved, in ns, so that its span lies where its caller's says it was. 0 where it already
 * does, within what the clocks resolve. Where the span fits into its caller's, it is moved to the middle, as if the way there and the
 * way back took equally long; where it cannot fit, or the caller gave up waiting, only that it began after its caller
 * is certain.
 */
export function correction(caller: Interval, callee: Interval, gaveUp: boolean, slack: number): number {
  const least = caller.start - callee.start;
  const most = caller.end - callee.end;
  if (gaveUp || most < least) {
    const apart = !gaveUp && callee.start >= caller.end;
    return apart || least >= slack ? least : 0;
  }
  return least < slack && most > -slack ? 0 : Math.round((least + most) / 2);
}

const resolutions = [1_000_000n, 1000n, 1n];

/**
 * What each process's clock resolves, in ns, read off its starts: when all are whole ms, as those of OpenTelemetry for
 * Node are, then what follows something else may seem to begin up to 1 ms before its end.
 */
export function clockResolutions(spans: readonly Span[]): (process: string) => number {
  const found = new Map<string, number>();
  for (const { process, start } of spans) {
    let index = found.get(process) ?? 0;
    while (start % (resolutions[index] as bigint) !== 0n) index++;
    found.set(process, index);
  }
  return (process) => Number(resolutions[found.get(process) ?? 0]);
}
