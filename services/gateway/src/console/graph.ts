import {
  budgetOf,
  type CallGraph,
  type CallPath,
  processes as declared,
  declares,
  type MethodDefinition,
  type ServiceDefinition,
  services,
  solveBudgets,
} from '@hotpath/contracts';
import { type Sample, samplesOf } from '@hotpath/telemetry';
import type { GraphEdge, GraphView } from '../schemas/console.ts';
import { edgesOf } from './faults.ts';
import type { ShopProcess } from './processes.ts';

type Rpc = GraphEdge['rpcs'][number];
type Solved = ReturnType<typeof solveBudgets>;

/** What is promised of each call, and what of it the running shop has used. */
export type GraphConsole = { view(signal: AbortSignal): Promise<GraphView> };

/** Solves a call graph once, and then tells what its processes have measured. */
export function createGraphConsole(graph: CallGraph, processes: readonly ShopProcess[]): GraphConsole {
  const solved = solveBudgets({ services, graph, processes: declared });
  const edges = edgesOf(graph).map(({ rpcs, ...edge }) => ({
    ...edge,
    rpcs: rpcs.map((path) => promised(graph, solved, edge.caller, path)),
  }));
  const callers = new Set(edges.map(({ caller }) => caller));
  const routes = solved.callers.map(({ from, process, budgetMs, needMs }) => ({
    name: from,
    process,
    budgetMs,
    needMs,
    headroomMs: budgetMs - needMs,
  }));
  return {
    async view(signal) {
      const metrics = new Map<string, Measured>();
      const asked = processes.filter(({ name }) => callers.has(name));
      await Promise.all(
        asked.map(async ({ name, ask }) => {
          // What one does not tell is missing from the view; its health says why.
          const told = await ask(signal).catch(() => undefined);
          if (told) metrics.set(name, measuredIn(told.metrics));
        }),
      );
      return {
        processes: processes.map(({ name }) => ({
          name,
          retries: declared[name as keyof typeof declared].retries,
        })),
        edges: edges.map(({ caller, callee, rpcs }) => ({
          caller,
          callee,
          rpcs: rpcs.map((rpc) => ({ ...rpc, ...used(metrics.get(caller), callee, rpc.path) })),
        })),
        callers: routes,
        paths: solved.paths.map(viewPath),
        problems: solved.problems.map(({ message }) => message),
      };
    },
  };
}

/** What the contract promises of an RPC to one of its callers. */
function promised(graph: CallGraph, { callers }: Solved, caller: string, path: string) {
  const { service, method } = find(path);
  const { timeoutMs, stream, maxAttempts } = budgetOf(service, method);
  const room = callers
    .filter(({ from, process }) => process === caller && declares(graph, from, path))
    .map(({ budgetMs, needMs }) => budgetMs - needMs);
  return {
    path,
    kind: method.kind,
    budgetMs: stream?.firstMessageMs ?? timeoutMs,
    stream: stream ?? null,
    attempts: declared[caller as keyof typeof declared].retries ? maxAttempts : 1,
    headroomMs: Math.min(...room),
  };
}

/** What a caller has measured of all its calls since it began. */
type Measured = { readonly budgetUsed: readonly Sample[]; readonly pastDeadline: readonly Sample[] };

const measuredIn = (metrics: string): Measured => ({
  budgetUsed: samplesOf(metrics, 'hotpath_rpc_client_budget_used_ratio_bucket'),
  pastDeadline: samplesOf(metrics, 'hotpath_rpc_client_past_deadline_total'),
});

/** The part of it that is of one RPC. */
function used(
  measured: Measured | undefined,
  callee: string,
  path: string,
): Pick<Rpc, 'budgetUsed' | 'pastDeadline'> {
  const isOwn = ({ labels: { rpc_method, peer } }: Sample) => rpc_method === path.slice(1) && peer === callee;
  const { budgetUsed = [], pastDeadline = [] } = measured ?? {};
  return {
    budgetUsed: budgetUsed.filter(isOwn).map(({ labels: { le }, value }) => ({
      upTo: le === '+Inf' ? null : Number(le),
      calls: value,
    })),
    pastDeadline: pastDeadline.filter(isOwn).reduce((sum, { value }) => sum + value, 0),
  };
}

function find(path: string): { readonly service: ServiceDefinition; readonly method: MethodDefinition } {
  for (const service of services) {
    const method = Object.values(service.methods).find((one) => one.path === path);
    if (method) return { service, method };
  }
  throw new Error(`${path} is in the call graph, but in no contract`);
}

const viewPath = ({ path, latestMs, budgetMs, attempts }: CallPath) => ({
  path: [...path],
  latestMs,
  budgetMs,
  attempts,
});
