import { type CallGraph, rpcsOf } from '@hotpath/contracts';
import { changeFaults, type FaultRequest, faultList, hostOf } from '@hotpath/rpc';
import type { z } from 'zod';
import { Problem } from '../problem.ts';
import { type AdminSettings, adminAddressOf } from './admin-settings.ts';

/** Calls between two processes, and the RPCs that they are of. */
export type Edge = { readonly caller: string; readonly callee: string; readonly rpcs: readonly string[] };

/** A fault on the way from a caller to a callee. */
export type EdgeFault = Omit<z.infer<typeof faultList>['faults'][number], 'side' | 'peer'> & {
  readonly caller: string;
  readonly callee: string;
};

/** What can be done to the shop's edges while it runs. */
export type FaultConsole = {
  readonly edges: readonly Edge[];
  /** What is set now. */
  list(signal: AbortSignal): Promise<readonly EdgeFault[]>;
  /** Sets a fault at its caller, in place of the one that the same calls had. */
  set(caller: string, fault: object, signal: AbortSignal): Promise<void>;
  /** Heals the faults of all callers. */
  healAll(signal: AbortSignal): Promise<void>;
};

/** The edges of a call graph, by the names of who calls whom. */
export function edgesOf(graph: CallGraph): readonly Edge[] {
  const edges = new Map<string, { caller: string; callee: string; rpcs: Set<string> }>();
  for (const { process: caller, calls } of Object.values(graph)) {
    for (const { path } of rpcsOf(calls)) {
      const callee = hostOf(path.slice(1, path.lastIndexOf('/')));
      const edge = edges.get(`${caller} ${callee}`) ?? { caller, callee, rpcs: new Set() };
      edge.rpcs.add(path);
      edges.set(`${caller} ${callee}`, edge);
    }
  }
  return [...edges]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { rpcs, ...edge }]) => ({ ...edge, rpcs: [...rpcs].sort() }));
}

/** A console over the admin ports of the processes that call others; the gateway's own faults need none. */
export function createFaultConsole(graph: CallGraph, settings: AdminSettings): FaultConsole {
  const edges = edgesOf(graph);
  const callers = [...new Set(edges.map(({ caller }) => caller))];
  const ask = async (caller: string, request: FaultRequest, signal: AbortSignal) => {
    const own = caller === 'gateway';
    const { status, json } = own
      ? changeFaults(request)
      : await askAdmin(adminAddressOf(settings, caller), request, signal);
    if (status === 200) return faultList.parse(json).faults;
    throw new Problem(503, 'UNAVAILABLE', { detail: `${caller} refuses the fault: ${JSON.stringify(json)}` });
  };
  const noQuery = new URLSearchParams();
  return {
    edges,
    async list(signal) {
      const all = callers.map(async (caller) => {
        const faults = await ask(caller, { method: 'GET', query: noQuery }, signal);
        return faults.flatMap(({ side, peer, ...fault }) =>
          side === 'client' && peer ? [{ caller, callee: peer, ...fault }] : [],
        );
      });
      return (await Promise.all(all)).flat();
    },
    async set(caller, fault, signal) {
      await ask(caller, { method: 'PUT', query: noQuery, body: { ...fault, side: 'client' } }, signal);
    },
    async healAll(signal) {
      await Promise.all(callers.map((caller) => ask(caller, { method: 'DELETE', query: noQuery }, signal)));
    },
  };
}

async function askAdmin(address: string, { method, body }: FaultRequest, signal: AbortSignal) {
  try {
    const response = await fetch(`http://${address}/faults`, {
      method,
      signal,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: (await response.json()) as unknown };
  } catch (error) {
    throw new Problem(503, 'UNAVAILABLE', {
      detail: `the admin port at ${address} does not tell its faults: start what it belongs to with FAULTS=true`,
      cause: error,
    });
  }
}
