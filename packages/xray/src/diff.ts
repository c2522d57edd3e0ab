import type { Analysis } from './analysis.ts';
import { type Band, type BandName, bandNames, quantiles, rankOf, type Slice } from './bands.ts';
import { randomFrom } from './random.ts';
import { ReadError } from './read-error.ts';
import { reportOf } from './report.ts';
import { count } from './words.ts';

/** How a quantile changed from one set of traces to another, with the interval in which the change lies with 95 % certainty. */
export type BandChange = {
  readonly band: BandName;
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly changeMs: Interval;
  /** As a part of what it was: 0.1 is a tenth more. */
  readonly changeShare: Interval;
  /** What went where: the largest change first. */
  readonly slices: readonly SliceChange[];
};

export type Interval = { readonly change: number; readonly low: number; readonly high: number };
export type SliceChange = Omit<Slice, 'ms' | 'share'> & {
  readonly beforeMs: number;
  readonly afterMs: number;
};

/** A limit that a change may not pass: 'p99>+10%' or 'p50>+5ms'. */
export type Limit = { readonly band: BandName; readonly by: number; readonly unit: '%' | 'ms' };

const RESAMPLES = 2000;
const CERTAINTY = 0.95;

/** Compares two sets of traces. The same seed gives the same intervals. */
export function diff(before: Analysis, after: Analysis, seed: number): BandChange[] {
  const [bandsBefore, bandsAfter] = [reportOf(before).bands, reportOf(after).bands];
  const random = randomFrom(seed);
  const drawsBefore = resample(durationsOf(before), random);
  const drawsAfter = resample(durationsOf(after), random);
  return bandNames.map((band, i) => {
    const [one, other] = [bandsBefore[i] as Band, bandsAfter[i] as Band];
    const changeMs = other.durationMs - one.durationMs;
    const drawsMs = drawsBefore.map(
      (draw, j) => ((drawsAfter[j] as number[])[i] as number) - (draw[i] as number),
    );
    const drawsShare = drawsMs.map((ms, j) => ms / (drawsBefore[j]?.[i] as number));
    return {
      band,
      beforeMs: one.durationMs,
      afterMs: other.durationMs,
      changeMs: intervalOf(changeMs, drawsMs),
      changeShare: intervalOf(changeMs / one.durationMs, drawsShare),
      slices: sliceChanges(one, other),
    };
  });
}

/** Reads limits as 'p99>+10%,p50>+5ms'. Throws a ReadError. */
export function limitsOf(words: string): Limit[] {
  return words.split(',').map((part) => {
    const [, band, by, unit] = /^(p50|p90|p99)>\+?(\d+(?:\.\d+)?)(%|ms)$/.exec(part.trim()) ?? [];
    if (!band)
      throw new ReadError(
        `--fail-on "${part}": say which quantile may grow by how much: 'p99>+10%' or 'p50>+5ms'`,
      );
    return { band: band as BandName, by: Number(by), unit: unit as Limit['unit'] };
  });
}

/**
 * Whether a limit is passed beyond doubt: only when the whole interval lies above it. Throws a ReadError when there are too few traces for that quantile
 * to be more than its slowest one, since then nothing can be said.
 */
export function isPassed({ band, by, unit }: Limit, changes: readonly BandChange[], traces: number): boolean {
  const least = Math.ceil(1 / (1 - quantiles[band]) - 1e-9);
  if (traces < least) {
    throw new ReadError(
      `${band} cannot be judged from ${count(traces, 'trace')}: at least ${least} are needed on either side`,
    );
  }
  const { changeMs, changeShare } = changes.find((change) => change.band === band) as BandChange;
  return unit === 'ms' ? changeMs.low > by : changeShare.low > by / 100;
}

function durationsOf({ sample }: Analysis): number[] {
  if (sample.length === 0) throw new ReadError('one side of the comparison has no trace that can be read');
  return sample.map(({ durationNs }) => durationNs / 1e6).sort((a, b) => a - b);
}

/** The bootstrap: the quantiles of as many durations drawn anew, with replacement, from those there are; many times. */
function resample(sorted: readonly number[], random: () => number): number[][] {
  const times = new Uint32Array(sorted.length);
  return Array.from({ length: RESAMPLES }, () => {
    times.fill(0);
    for (let i = 0; i < sorted.length; i++) {
      const drawn = Math.floor(random() * sorted.length);
      times[drawn] = (times[drawn] as number) + 1;
    }
    let index = 0;
    let passed = times[0] as number;
    return bandNames.map((band) => {
      const rank = rankOf(quantiles[band], sorted.length);
      while (passed <= rank) passed += times[++index] as number;
      return sorted[index] as number;
    });
  });
}

function intervalOf(change: number, draws: number[]): Interval {
  draws.sort((a, b) => a - b);
  const at = (part: number) => draws[Math.min(draws.length - 1, Math.floor(part * draws.length))] as number;
  return { change, low: at((1 - CERTAINTY) / 2), high: at((1 + CERTAINTY) / 2) };
}

function sliceChanges(before: Band, after: Band): SliceChange[] {
  const changes = new Map<string, SliceChange>();
  const take = (slices: readonly Slice[], side: 'beforeMs' | 'afterMs') => {
    for (const { service, operation, cause, ms } of slices) {
      const key = `${cause}\0${service}\0${operation}`;
      const known = changes.get(key) ?? { service, operation, cause, beforeMs: 0, afterMs: 0 };
      changes.set(key, { ...known, [side]: ms });
    }
  };
  take(before.slices, 'beforeMs');
  take(after.slices, 'afterMs');
  const size = ({ beforeMs, afterMs }: SliceChange) => Math.abs(afterMs - beforeMs);
  return [...changes.values()].sort((a, b) => size(b) - size(a));
}
