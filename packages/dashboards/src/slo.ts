import { budgetOf, callGraph, rpcsOf, services } from '@hotpath/contracts';
import { boundLabel, durationBounds } from '@hotpath/telemetry';

/** The part of an edge's calls that may be bad. */
export const ALLOWED_BAD = 0.001;
/** The part of its budget that a good call takes at most: what is left is for whoever waits for it. */
const GOOD_SHARE = 0.5;

/** A process that calls an RPC. */
export type Edge = {
  /** The process, which is also the label `job`. */
  readonly caller: string;
  /** `ecommerce.PricingService/GetPrice` */
  readonly method: string;
  /** The RPC's budget, ms. */
  readonly budgetMs: number;
};

const budgets = new Map(
  services.flatMap((service) =>
    Object.values(service.methods).map(
      (method) => [method.path, budgetOf(service, method).timeoutMs] as const,
    ),
  ),
);

/** Every edge of unary calls in the call graph. Streams have no budget of their own: the alerts on feeds mind them. */
export const edges: readonly Edge[] = [
  ...new Map(
    Object.values(callGraph).flatMap(({ process: caller, calls }) =>
      rpcsOf(calls)
        .filter(({ kind }) => kind === 'unary')
        .map(({ path }): [string, Edge] => [
          caller + path,
          { caller, method: path.slice(1), budgetMs: budgets.get(path) as number },
        ]),
    ),
  ).values(),
];

/** The bucket that good calls of a budget are in: half of it, or the next bound below. @returns its label `le` */
export function objectiveOf(budgetMs: number): string {
  const most = (budgetMs * GOOD_SHARE) / 1000;
  const bound = durationBounds.findLast((one) => one <= most);
  if (bound === undefined) throw new Error(`no bucket is as short as half of ${budgetMs} ms`);
  return boundLabel(bound);
}
