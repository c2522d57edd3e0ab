import { postgresAvailable } from '@hotpath/testing';
import type { Shop } from './cluster/shop.ts';
import { type Latency, latencyOf } from './latency.ts';
import { NotTried } from './not-tried.ts';
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

/**
 * Tries a scenario.
 * @param shop of a cluster, where it is to be tried there and not on processes of this machine
 * @throws NotTried where something is missing that it needs, Error where it could not be tried otherwise
 */
export async function tryScenario(
  scenario: Scenario,
  manner: Manner,
  watcher?: Watcher,
  shop?: Shop,
): Promise<Result> {
  const startedAt = performance.now();
  const run = runnable(scenario, manner, shop);
  const { result: checks, recording } = await tryOut(manner, run, watcher);
  const decisive = checks.find(({ holds }) => !holds) ?? checks[0];
  if (!decisive) throw new Error(`scenario ${scenario.number} checks nothing`);
  const { measured, limit, unit } = decisive;
  return {
    number: scenario.number,
    name: scenario.name,
    where: shop ? 'cluster' : 'local',
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
function runnable(
  scenario: Scenario,
  { defended }: Manner,
  shop: Shop | undefined,
): (trial: Trial) => Promise<readonly Check[]> {
  const { run, cluster, needs, meshed } = scenario;
  if (shop) {
    if (!cluster) throw new NotTried('has no run in a cluster');
    if (meshed && !shop.meshed) throw new NotTried('needs Linkerd: npm run cluster -- --mesh');
    const always = cluster.alwaysDefended ?? (shop.meshed ? cluster.defendedByMesh : undefined);
    if (!defended && always) throw new NotTried(`has its defence always: ${always}`);
    return (trial) => cluster.run({ ...trial, shop });
  }
  if (!run) throw new NotTried('needs a cluster: --cluster');
  if (needs === 'postgres' && postgresAvailable() !== undefined) {
    throw new NotTried('needs PostgreSQL (Debian: apt install postgresql)');
  }
  return (trial) => run.call(scenario, trial);
}
