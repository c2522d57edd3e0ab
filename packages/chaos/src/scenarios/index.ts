import type { Scenario } from '../scenario.ts';
import { slowLeaf } from './01-slow-leaf.ts';
import { spentOnArrival } from './02-spent-on-arrival.ts';
import { budgetDescends } from './03-budget-descends.ts';
import { deadLeaf } from './11-dead-leaf.ts';
import { refusingLeaf } from './12-refusing-leaf.ts';
import { leftInBackOff } from './13-left-in-back-off.ts';
import { overload } from './14-overload.ts';
import { silentWatcher } from './17-silent-watcher.ts';
import { clocksApart } from './18-clocks-apart.ts';
import { brokenTransport } from './22-broken-transport.ts';

/** All scenarios, by number. */
export const scenarios: readonly Scenario[] = [
  slowLeaf,
  spentOnArrival,
  budgetDescends,
  deadLeaf,
  refusingLeaf,
  leftInBackOff,
  overload,
  silentWatcher,
  clocksApart,
  brokenTransport,
];
