import { type Budget, budgetOf } from './budget.ts';
import type { CallGraph, Calls } from './call-graph.ts';
import type { MethodDefinition, ServiceDefinition } from './codec.ts';

/** What a caller keeps of its own budget, ms, to turn what its callee says into its own answer. */
export const RESERVE_MS = 5;
/** Most attempts that one request may cause at any RPC. */
const MAX_ATTEMPTS = 2;

/** One RPC as it is reached from a route, at its worst. */
export type CallPath = {
  /** The route and the RPCs down to this one: `GET /api/products`, `InventoryService/ListProducts`. */
  readonly path: readonly string[];
  /** When it is over at the latest, ms after the route began: what comes before it in sequence, and itself. */
  readonly latestMs: number;
  /** Its own budget, ms; of a stream that the server begins, until its first message; 0 where the client streams. */
  readonly budgetMs: number;
  /** How often it may be attempted for one request, all retries on the path multiplied. */
  readonly attempts: number;
};

/** A place where calls are made: what it has, and what it may come to need. */
export type CallerBudget = {
  /** The route, the RPC's path, or the name that the call graph gives it. */
  readonly from: string;
  /** The process that makes the calls. */
  readonly process: string;
  /** How long it may take, ms. */
  readonly budgetMs: number;
  /** What its calls may take at their worst and what it keeps for itself, ms; more than its budget is a problem. */
  readonly needMs: number;
};

/** Why a budget cannot hold, and where to mend it. */
export type BudgetProblem = {
  readonly message: string;
  /** `protos` where a service config is to be changed, `graph` for the call graph. */
  readonly file: 'protos' | 'graph';
  /** What the line to change names: an RPC's path or a route. */
  readonly at: string;
};

/** What the solver is told. */
export type BudgetInput = {
  readonly services: readonly ServiceDefinition[];
  readonly graph: CallGraph;
  readonly processes: Readonly<Record<string, { readonly retries: boolean }>>;
};

/**
 * Follows every route and RPC that calls others down the graph: the worst case of each path, and where a child
 * cannot fit in its parent or attempts multiply beyond two. Budgets are upper bounds: retries happen within them.
 */
export function solveBudgets({ services, graph, processes }: BudgetInput): {
  readonly paths: readonly CallPath[];
  readonly callers: readonly CallerBudget[];
  readonly problems: readonly BudgetProblem[];
} {
  const problems: BudgetProblem[] = [];
  const budgets = new Map<string, Budget>();
  for (const service of services) {
    for (const method of Object.values(service.methods)) {
      try {
        budgets.set(method.path, budgetOf(service, method));
      } catch (error) {
        problems.push({ message: (error as Error).message, file: 'protos', at: method.path });
      }
    }
  }
  /**
   * ms that a caller must grant an RPC: its timeout, or the time to the first message of a stream that the server
   * begins. Where the client streams too, how long it takes is the client's own affair.
   */
  const needOf = ({ path, kind }: MethodDefinition) => {
    const budget = budgets.get(path);
    if (kind === 'unary') return budget?.timeoutMs ?? 0;
    return kind === 'serverStream' ? (budget?.stream?.firstMessageMs ?? 0) : 0;
  };
  const totalOf = (calls: Calls): number => {
    if ('inSequence' in calls) return calls.inSequence.reduce((sum, one) => sum + totalOf(one), 0);
    if ('inParallel' in calls) return Math.max(0, ...calls.inParallel.map(totalOf));
    return needOf(calls);
  };

  const callers: CallerBudget[] = [];
  for (const [from, { process, budgetMs, calls }] of Object.entries(graph)) {
    const budget = budgetMs ?? firstOf(budgets.get(from));
    if (budget === undefined) {
      problems.push({ message: `${from} is neither an RPC nor given a budget`, file: 'graph', at: from });
      continue;
    }
    const need = totalOf(calls) + RESERVE_MS;
    callers.push({ from, process, budgetMs: budget, needMs: need });
    if (need > budget) {
      problems.push({
        message: `${from} has ${budget} ms, but what it calls may take ${need} ms: give it more, or them less`,
        file: budgetMs === undefined ? 'protos' : 'graph',
        at: from,
      });
    }
  }

  const paths: CallPath[] = [];
  const walk = (
    calls: Calls,
    at: { path: readonly string[]; startMs: number; attempts: number; retries: boolean },
  ): void => {
    if ('inSequence' in calls) {
      let startMs = at.startMs;
      for (const one of calls.inSequence) {
        walk(one, { ...at, startMs });
        startMs += totalOf(one);
      }
    } else if ('inParallel' in calls) {
      for (const one of calls.inParallel) walk(one, at);
    } else {
      const budgetMs = needOf(calls);
      const attempts = at.attempts * (at.retries ? (budgets.get(calls.path)?.maxAttempts ?? 1) : 1);
      const path = [...at.path, calls.path.slice(1).replace(/^.*\.(?=[^.]*\/)/, '')];
      paths.push({ path, latestMs: at.startMs + budgetMs, budgetMs, attempts });
      if (attempts > MAX_ATTEMPTS) {
        problems.push({
          message: `${path.join(' -> ')} may be attempted ${attempts} times for one request: let only one edge of the path retry`,
          file: 'protos',
          at: calls.path,
        });
      }
      const below = graph[calls.path];
      if (below) {
        walk(below.calls, {
          path,
          startMs: at.startMs,
          attempts,
          retries: processes[below.process]?.retries ?? false,
        });
      }
    }
  };
  for (const [from, { process, budgetMs, calls }] of Object.entries(graph)) {
    if (budgetMs === undefined) continue;
    walk(calls, { path: [from], startMs: 0, attempts: 1, retries: processes[process]?.retries ?? false });
  }
  return { paths, callers, problems };
}

/** What a caller of the RPC waits for at most, ms: an answer, or a stream's first message. */
function firstOf(budget: Budget | undefined): number | undefined {
  return budget && (budget.stream?.firstMessageMs ?? budget.timeoutMs);
}
