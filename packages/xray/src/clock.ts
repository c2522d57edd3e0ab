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

const MS = 1_000_000n;

/**
 * What each process's clock resolves, in ns. OpenTelemetry for Node gives starts in whole ms and ends exactly, so that what
 * follows something else may seem to begin up to 1 ms before its end; a process is taken for one when its spans have
 * several starts, all whole, and an end that is not.
 */
export function clockResolutions(spans: readonly Span[]): (process: string) => number {
  const seen = new Map<
    string,
    { first: bigint; several: boolean; startsWhole: boolean; endsWhole: boolean }
  >();
  for (const { process, start, end } of spans) {
    const clock = seen.get(process) ?? { first: start, several: false, startsWhole: true, endsWhole: true };
    seen.set(process, clock);
    clock.several ||= start !== clock.first;
    clock.startsWhole &&= start % MS === 0n;
    clock.endsWhole &&= end % MS === 0n;
  }
  return (process) => {
    const clock = seen.get(process);
    return clock?.several && clock.startsWhole && !clock.endsWhole ? Number(MS) : 1;
  };
}
