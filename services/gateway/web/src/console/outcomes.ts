import type { Sample } from './probe.ts';

/** How requests end, as the plot and the table tell them apart. */
export const outcomes = ['answered', 'deadline', 'failed'] as const;
export type Outcome = (typeof outcomes)[number];

export const outcomeOf = ({ status }: Sample): Outcome =>
  status === 504 ? 'deadline' : status >= 200 && status < 400 ? 'answered' : 'failed';

/** Samples of one outcome, in figures; times in ms. */
export type Summary = {
  readonly outcome: Outcome;
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
};

/** Sums samples up by outcome; what did not happen is left out. */
export function summarise(samples: readonly Sample[]): readonly Summary[] {
  return outcomes.flatMap((outcome) => {
    const times = samples.filter((sample) => outcomeOf(sample) === outcome).map(({ ms }) => ms);
    if (times.length === 0) return [];
    times.sort((a, b) => a - b);
    const at = (quantile: number) => times[Math.max(0, Math.ceil(quantile * times.length) - 1)] ?? 0;
    return [{ outcome, count: times.length, p50: at(0.5), p99: at(0.99), slowest: at(1) }];
  });
}
