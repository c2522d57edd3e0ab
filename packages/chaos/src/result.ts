import type { Check, Place, Scenario } from './scenario.ts';
import { tryOut } from './trial.ts';

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
  /** All of them. */
  readonly checks: readonly Check[];
};

/**
 * Tries a scenario on processes of this machine.
 * @param log told of every line that a process writes
 * @throws Error where it could not be tried
 */
export async function tryScenario(
  scenario: Scenario,
  defended: boolean,
  log?: (line: string) => void,
): Promise<Result> {
  const startedAt = performance.now();
  const checks = await tryOut(defended, (trial) => scenario.run(trial), log);
  const decisive = checks.find(({ holds }) => !holds) ?? checks[0];
  if (!decisive) throw new Error(`scenario ${scenario.number} checks nothing`);
  const { measured, limit, unit } = decisive;
  return {
    number: scenario.number,
    name: scenario.name,
    where: 'local',
    holds: checks.every(({ holds }) => holds),
    measured,
    limit,
    unit,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    checks,
  };
}
