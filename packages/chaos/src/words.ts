import type { Check } from './scenario.ts';
import type { Attempt } from './series.ts';

/** What came of an attempt in a few words: its figure that decides, or why there is none. */
export function verdict(attempt: Attempt): string {
  if ('notTried' in attempt) return attempt.notTried;
  if ('failed' in attempt) return `could not be tried: ${attempt.failed}`;
  const { holds, checks } = attempt.result;
  const decisive = checks.find((check) => !check.holds) ?? (checks[0] as Check);
  return `${holds ? 'green' : 'red'}, ${decisive.what}: ${figure(decisive)}`;
}

/** `302.8 ms (at most 350)`. */
export function figure(check: Check): string {
  return `${rounded(check.measured)} ${limitOf(check)}`;
}

/** `ms (at most 350)`. */
export function limitOf({ unit, bound, limit }: Check): string {
  return `${unit && `${unit} `}(at ${bound} ${rounded(limit)})`;
}

/** To two decimals. */
export function rounded(number: number): number {
  return Math.round(number * 100) / 100;
}
