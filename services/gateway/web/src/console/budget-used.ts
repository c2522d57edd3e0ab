import type { GraphView } from '../../../src/schemas/console.ts';

/** A call graph as it was told at a time, ms. */
export type Seen = { readonly at: number; readonly view: GraphView };

type Edge = GraphView['edges'][number];
type Rpc = Edge['rpcs'][number];

/** Calls by the part of their budget that they used, each bucket holding those before it, too. */
export type Buckets = Rpc['budgetUsed'];

/** What was counted since an earlier time; all, where there is none or the process has begun anew since. */
export function since(now: Buckets, before: Buckets = []): Buckets {
  const restarted = (now.at(-1)?.calls ?? 0) < (before.at(-1)?.calls ?? 0);
  if (restarted || before.length !== now.length) return now;
  return now.map(({ upTo, calls }, i) => ({ upTo, calls: calls - (before[i]?.calls ?? 0) }));
}

/** How many calls were counted. */
export const callsIn = (buckets: Buckets) => buckets.at(-1)?.calls ?? 0;

/**
 * The part of the budget that a quantile of calls has used, between the bounds as if they lay evenly there. Infinity: all
 * of it and more; undefined where there were no calls.
 */
export function quantileOf(buckets: Buckets, quantile: number): number | undefined {
  const rank = callsIn(buckets) * quantile;
  if (rank === 0) return undefined;
  let from = 0;
  let below = 0;
  for (const { upTo, calls } of buckets) {
    if (calls >= rank) {
      if (upTo === null) return Number.POSITIVE_INFINITY;
      return from + ((upTo - from) * (rank - below)) / (calls - below);
    }
    from = upTo ?? from;
    below = calls;
  }
  return undefined;
}

/** The buckets of an RPC on an edge, in an earlier view. */
export function bucketsIn(view: GraphView | undefined, { caller, callee }: Edge, path: string): Buckets {
  const edge = view?.edges.find((one) => one.caller === caller && one.callee === callee);
  return edge?.rpcs.find((rpc) => rpc.path === path)?.budgetUsed ?? [];
}

/** The sum of several RPCs' buckets: how an edge as a whole stands. */
export function sumOf(all: readonly Buckets[]): Buckets {
  const counted = all.filter(({ length }) => length > 0);
  return (counted[0] ?? []).map(({ upTo }, i) => ({
    upTo,
    calls: counted.reduce((sum, buckets) => sum + (buckets[i]?.calls ?? 0), 0),
  }));
}
