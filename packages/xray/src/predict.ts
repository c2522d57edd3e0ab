import type { Analysed } from './analysis.ts';
import { type BandName, bandNames, quantiles, rankOf } from './bands.ts';
import { type Change, durationWith } from './what-if.ts';
import { changeInWords } from './words.ts';

export type ByBand = Readonly<Record<BandName, number>>;

/** Each quantile of the traces' durations, and how a change would move it, in ms. */
export function predict(sample: readonly Analysed[], change: Change): { beforeMs: ByBand; changeMs: ByBand } {
  const before = quantilesOf(sample.map(({ durationNs }) => durationNs));
  const after = quantilesOf(sample.map(({ trace }) => durationWith(trace, change)));
  return {
    beforeMs: byBand((name) => before[name] / 1e6),
    changeMs: byBand((name) => (after[name] - before[name]) / 1e6),
  };
}

export function changesInWords(changeMs: ByBand): string {
  return bandNames.map((name) => `${name} ${changeInWords(changeMs[name])}`).join(', ');
}

function quantilesOf(durationsNs: number[]): ByBand {
  const sorted = durationsNs.sort((a, b) => a - b);
  return byBand((name) => sorted[rankOf(quantiles[name], sorted.length)] as number);
}

function byBand(figure: (name: BandName) => number): ByBand {
  return Object.fromEntries(bandNames.map((name) => [name, figure(name)])) as ByBand;
}
