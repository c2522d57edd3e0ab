import { callersOf, callGraph, type MethodDefinition } from '@hotpath/contracts';
import { catalogue, type Workload, type WorkloadName } from './catalogue.ts';

/** RPCs that the same processes call. */
export type CallerGroup = {
  readonly callers: readonly WorkloadName[];
  readonly rpcs: readonly MethodDefinition[];
};

/** All RPCs of a workload. */
export const rpcsOf = ({ services }: Workload): readonly MethodDefinition[] =>
  services.flatMap(({ methods }) => Object.values(methods));

/** A workload's RPCs by who may call them, as the call graph says; those that nobody calls are a group too. */
export function callerGroups(workload: Workload): readonly CallerGroup[] {
  const groups = Map.groupBy(rpcsOf(workload), ({ path }) => [...callersOf(callGraph, path)].sort().join());
  return [...groups].map(([callers, rpcs]) => ({
    callers: callers === '' ? [] : (callers.split(',') as WorkloadName[]),
    rpcs,
  }));
}

/** The workloads that call another. */
export function callersOfWorkload(workload: Workload): readonly WorkloadName[] {
  return [...new Set(callerGroups(workload).flatMap(({ callers }) => callers))].sort();
}

/** The workloads that one calls. */
export function calleesOf({ name }: Workload): readonly Workload[] {
  return catalogue.filter((other) => callersOfWorkload(other).includes(name));
}
