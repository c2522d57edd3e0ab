import type { Scenario } from '../scenario.ts';
import { slowLeaf } from './01-slow-leaf.ts';
import { spentOnArrival } from './02-spent-on-arrival.ts';
import { budgetDescends } from './03-budget-descends.ts';
import { callerVanishes } from './04-caller-vanishes.ts';
import { rowLock } from './05-row-lock.ts';
import { rollingRestarts } from './06-rolling-restarts.ts';
import { killedReplica } from './07-killed-replica.ts';
import { shutdownWithWatches } from './08-shutdown-with-watches.ts';
import { blackHole } from './09-black-hole.ts';
import { slowReplica } from './10-slow-replica.ts';
import { deadLeaf } from './11-dead-leaf.ts';
import { refusingLeaf } from './12-refusing-leaf.ts';
import { leftInBackOff } from './13-left-in-back-off.ts';
import { overload } from './14-overload.ts';
import { blockedReplica } from './15-blocked-replica.ts';
import { neighbourAndDatabaseAway } from './16-neighbour-and-database-away.ts';
import { silentWatcher } from './17-silent-watcher.ts';
import { clocksApart } from './18-clocks-apart.ts';
import { strangers } from './19-strangers.ts';
import { certificatesRotate } from './20-certificates-rotate.ts';
import { databaseRestarts } from './21-database-restarts.ts';
import { brokenTransport } from './22-broken-transport.ts';

/** All scenarios, by number. */
export const scenarios: readonly Scenario[] = [
  slowLeaf,
  spentOnArrival,
  budgetDescends,
  callerVanishes,
  rowLock,
  rollingRestarts,
  killedReplica,
  shutdownWithWatches,
  blackHole,
  slowReplica,
  deadLeaf,
  refusingLeaf,
  leftInBackOff,
  overload,
  blockedReplica,
  neighbourAndDatabaseAway,
  silentWatcher,
  clocksApart,
  strangers,
  certificatesRotate,
  databaseRestarts,
  brokenTransport,
];
