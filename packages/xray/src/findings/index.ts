import type { Analysis } from '../analysis.ts';
import { budgets } from './budgets.ts';
import type { Finding } from './finding.ts';
import { repairs } from './repairs.ts';
import { repeated } from './repeated.ts';
import { retries } from './retries.ts';
import { sequential } from './sequential.ts';

export type { Finding } from './finding.ts';

/** What the traces show besides where their time went, the most telling of each kind first. */
export function findingsOf({ sample, repairs: mended }: Analysis): Finding[] {
  return [
    ...sequential(sample),
    ...repeated(sample),
    ...retries(sample),
    ...budgets(sample),
    ...repairs(mended),
  ];
}
