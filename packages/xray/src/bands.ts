import type { Analysed } from './analysis.ts';
import type { Cause } from './span.ts';

export type BandName = 'p50' | 'p90' | 'p99';

export const quantiles: Readonly<Record<BandName, number>> = { p50: 0.5, p90: 0.9, p99: 0.99 };
export const bandNames = Object.keys(quantiles) as readonly BandName[];

/** What part of a band's duration went to one cause in one operation. */
export type Slice = {
  readonly service: string;
  readonly operation: string;
  readonly cause: Cause;
  readonly ms: number;
  readonly share: number;
};

/** Where the time of the traces goes that take about as long as a quantile. */
export type Band = {
  readonly band: BandName;
  readonly durationMs: number;
  readonly slices: readonly Slice[];
};

/** The traces of a band, by duration, and that nearest to the quantile. */
export type BandTraces = { readonly traces: readonly Analysed[]; readonly exemplar: Analysed };

/** The value at a quantile of a sorted list, by nearest rank. */
export function rankOf(quantile: number, length: number): number {
  return Math.max(0, Math.ceil(quantile * length - 1e-9) - 1);
}

/**
 * The traces about a quantile: those whose rank is within a quarter of the distance from the quantile to the slowest, on
 * either side. For p50 the ranks from 37.5 % to 62.5 %, for p90 from 87.5 % to 92.5 %, for p99 from 98.75 % to 99.25 %.
 *
 * Uber's CRISP (crisp/metrics/percentile_calculator.py) adds up all traces up to a percentile instead; then p99 shows
 * where the 99 % that were faster spent their time, not where the slow ones do.
 */
export function tracesOfBand(sample: readonly Analysed[], band: BandName): BandTraces {
  const quantile = quantiles[band];
  const reach = (1 - quantile) / 4;
  const sorted = sample.toSorted((a, b) => a.durationNs - b.durationNs);
  const rank = rankOf(quantile, sorted.length);
  const first = Math.min(rank, Math.floor((quantile - reach) * sorted.length));
  const last = Math.max(rank + 1, Math.floor((quantile + reach) * sorted.length));
  return { traces: sorted.slice(first, last), exemplar: sorted[rank] as Analysed };
}

/**
 * How a band's time divides: the quantile's duration, split as the band's traces together split theirs. The slices sum to
 * it exactly, in whole ns; the largest comes first.
 */
export function sliceBand(band: BandName, { traces, exemplar }: BandTraces): Band {
  const sums = new Map<string, { service: string; operation: string; cause: Cause; ns: number }>();
  for (const { path } of traces) {
    for (const { node, cause, from, to } of path) {
      const { service, operation } = node.span;
      const key = `${cause}\0${service}\0${operation}`;
      const sum = sums.get(key);
      if (sum) sum.ns += to - from;
      else sums.set(key, { service, operation, cause, ns: to - from });
    }
  }
  const sorted = [...sums.entries()].sort(([a, x], [b, y]) => y.ns - x.ns || (a < b ? -1 : 1));
  const total = sorted.reduce((sum, [, { ns }]) => sum + ns, 0);
  const { durationNs } = exemplar;
  let before = 0;
  let told = 0;
  const slices = sorted.map(([, { ns, ...where }]) => {
    before += ns;
    const upTo = Math.round((before / total) * durationNs);
    const share = upTo - told;
    told = upTo;
    return { ...where, ms: share / 1e6, share: share / durationNs };
  });
  return { band, durationMs: durationNs / 1e6, slices: slices.filter(({ ms }) => ms > 0) };
}
