import type { Analysis, Skipped } from './analysis.ts';
import { type Band, type BandTraces, bandNames, sliceBand, tracesOfBand } from './bands.ts';
import { type Finding, findingsOf } from './findings/index.ts';

/** What `npm run xray -- --json` prints. */
export type Report = {
  readonly traces: number;
  readonly spans: number;
  readonly skipped: readonly Skipped[];
  readonly bands: readonly Band[];
  readonly findings: readonly Finding[];
};

/** A band with the traces it is made of, for pictures. */
export type PicturedBand = Band & BandTraces;

/** The bands of an analysis; none when it has no trace. */
export function bandsOf({ sample }: Analysis): PicturedBand[] {
  if (sample.length === 0) return [];
  return bandNames.map((name) => {
    const traces = tracesOfBand(sample, name);
    return { ...sliceBand(name, traces), ...traces };
  });
}

/** Sums an analysis up. `asked` are findings that were asked for, told first. */
export function reportOf(analysis: Analysis, asked: readonly Finding[] = []): Report {
  const { traces, spans, skipped } = analysis;
  const bands = bandsOf(analysis).map(({ band, durationMs, slices }) => ({ band, durationMs, slices }));
  return { traces, spans, skipped, bands, findings: [...asked, ...findingsOf(analysis)] };
}
