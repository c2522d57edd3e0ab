import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Outcome } from './recording.ts';

/** How long answers took, ms. */
export type Latency = {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
};

/** Three figures are exact, up to an hour. */
const resolution = { lowest: 1, highest: 3_600_000_000, figures: 3 };

/**
 * From an HDR histogram, by Node's own of node:perf_hooks, in µs: the same HdrHistogram in C, with no package more to
 * keep, and all figures are exact to a thousandth. undefined where there are no outcomes.
 */
export function latencyOf(outcomes: readonly Outcome[]): Latency | undefined {
  if (outcomes.length === 0) return undefined;
  const histogram: RecordableHistogram = createHistogram(resolution);
  for (const { ms } of outcomes) histogram.record(Math.max(1, Math.round(ms * 1_000)));
  const ms = (microseconds: number) => microseconds / 1_000;
  return {
    p50: ms(histogram.percentile(50)),
    p90: ms(histogram.percentile(90)),
    p99: ms(histogram.percentile(99)),
    max: ms(histogram.max),
  };
}
