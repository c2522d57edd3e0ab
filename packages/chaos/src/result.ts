import { postgresAvailable } from '@hotpath/testing';
import { type Latency, latencyOf } from './latency.ts';
import type { Recording } from './recording.ts';
import type { Check, Place, Scenario } from './scenario.ts';
import { type Manner, type Trial, tryOut, type Watcher } from './trial.ts';

/** What came of a scenario. */
export type Result = {
  readonly number: number;
  readonly name: string;
  readonly where: Place;
  /** Whether all of its checks hold. */
  readonly holds: boolean;
  /** The figure that decides: of the first check that does not hold, else of the first. */
  readonly measured: number;
  readonly limit: number;
  readonly unit: string;
  readonly seconds: number;
  /** Whether the defence that the scenario names stood. */
  readonly defended: boolean;
  /** All of them. */
  readonly checks: readonly Check[];
  /** Of all requests that were sent; undefined where none was. */
  readonly latency?: Latency | undefined;
  /** What happened meanwhile. */
  readonly recording: Recording;
};

/** Something is missing that a scenario needs: it proves nothing, one way or the other. */
export class NotTried extends Error {}

/**
 * Tries a scenario.
 * @throws NotTried where something is missing that it needs, Error where it could not be tried otherwise
 */
export async function tryScenario(
  scenario: Scenario,
  manner: Manner,
  watcher?: Watcher,
  where: Place = 'local',
): Promise<Result> {
  const startedAt = performance.now();
  const run = runnable(scenario, where);
  const { result: checks, recording } = await tryOut(manner, run, watcher);
  const decisive = checks.find(({ holds }) => !holds) ?? checks[0];
  if (!decisive) throw new Error(`scenario ${scenario.number} checks nothing`);
  const { measured, limit, unit } = decisive;
  return {
    number: scenario.number,
    name: scenario.name,
    where,
    holds: checks.every(({ holds }) => holds),
    measured,
    limit,
    unit,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    defended: manner.defended,
    checks,
    latency: latencyOf(recording.outcomes),
    recording,
  };
}

/** The scenario's program for a place. */
function runnable(scenario: Scenario, where: Place): (trial: Trial) => Promise<readonly Check[]> {
  const { run, runInCluster, needs } = scenario;
  if (where === 'cluster') {
    if (!runInCluster) throw new NotTried('has no run in a cluster');
    if (!process.env.KUBECONFIG) throw new NotTried('needs a cluster: set KUBECONFIG');
    return (trial) => runInCluster.call(scenario, trial);
  }
  if (!run) throw new NotTried('needs a cluster: --cluster');
  if (needs === 'postgres' && postgresAvailable() !== undefined) {
    throw new NotTried('needs PostgreSQL (Debian: apt install postgresql)');
  }
  return (trial) => run.call(scenario, trial);
}
