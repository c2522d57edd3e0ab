import type { Shop } from './cluster/shop.ts';
import type { Trial } from './trial.ts';

/** One figure of a scenario beside its limit. */
export type Check = {
  /** What was measured. */
  readonly what: string;
  readonly measured: number;
  readonly limit: number;
  /** Whether the limit is the most or the least that it may be. */
  readonly bound: 'most' | 'least';
  readonly unit: string;
  readonly holds: boolean;
};

/** Where a scenario can be run: on processes of this machine, or in a cluster. */
export type Place = 'local' | 'cluster';

/** A fault, and what must hold all the same: a claim, and the program that proves it. */
export type Scenario = {
  readonly number: number;
  /** What happens, in a few words. */
  readonly name: string;
  readonly where: readonly Place[];
  /** Whether it is quick enough, with and without its defence, to judge every change by it. */
  readonly fast?: true;
  /** What must be installed besides Node for a run on this machine. */
  readonly needs?: 'postgres';
  /** Whether its run in a cluster needs Linkerd there. */
  readonly meshed?: true;
  /** The system it is shown on. */
  readonly given: string;
  /** What it is asked meanwhile. */
  readonly load: string;
  /** What goes wrong. */
  readonly fault: string;
  /** What must hold. */
  readonly holds: string;
  /** What the claim rests on, and what there is instead of it when the trial does without. */
  readonly defence: string;
  /**
   * Sets the system up, proves it healthy, injects the fault under load, measures and heals. Left out where it can only
   * be shown in a cluster.
   * @throws Error where it could not be tried, which proves nothing either way
   */
  run?(trial: Trial): Promise<readonly Check[]>;
  /** The same against the shop in the cluster that KUBECONFIG names. */
  readonly cluster?: InCluster;
};

/** How a scenario is shown in a cluster. */
export type InCluster = {
  /** On what part of the shop, and what goes wrong there. */
  readonly shown: string;
  /** Why it cannot be tried there without its defence, where that is so. */
  readonly alwaysDefended?: string;
  /** Why it cannot where a mesh is, where that is so. */
  readonly defendedByMesh?: string;
  /** As that of the scenario. */
  run(trial: ClusterTrial): Promise<readonly Check[]>;
};

/** One run of a scenario in a cluster. */
export type ClusterTrial = Pick<Trial, 'defended' | 'thorough' | 'phase' | 'onClose' | 'undoIfKilled'> & {
  readonly shop: Shop;
};

/** Measured must be at most the limit. */
export function atMost(what: string, measured: number, limit: number, unit = ''): Check {
  return { what, measured, limit, bound: 'most', unit, holds: measured <= limit };
}

/** Measured must be at least the limit. */
export function atLeast(what: string, measured: number, limit: number, unit = ''): Check {
  return { what, measured, limit, bound: 'least', unit, holds: measured >= limit };
}
