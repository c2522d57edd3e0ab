import type { CallGraph } from '@hotpath/contracts';
import { named } from '../kube.ts';
import { judgeMesh } from './mesh.ts';
import { judgeNetwork } from './network.ts';
import { type ReadObject, refuseUnknown } from './objects.ts';
import { annotationsOf, type Pod, podsOf } from './pods.ts';
import { judgeService } from './service.ts';
import { labelOf, type Target, targetsOf } from './targets.ts';
import { inTurn, type Verdict } from './verdict.ts';

/** What becomes of one caller's call. */
export type Cell = {
  readonly caller: string;
  /** `pricing: GetPrice`, `pricing: health`, `gateway: GET /api/products`, `postgres: a connection`. */
  readonly target: string;
  /** The path of an RPC; empty for what is none. */
  readonly rpc: string;
  readonly verdict: Verdict;
};

/**
 * Everyone who may call against everything that may be called, by the manifests alone: their NetworkPolicies, then
 * the mesh's policies, then what the services do by their own settings and the call graph.
 * @throws Error where there is something in them that it does not understand
 */
export function matrixOf(objects: readonly ReadObject[], graph: CallGraph): readonly Cell[] {
  refuseUnknown(objects);
  const pods = podsOf(objects);
  const callers = callersFor(objects, pods);
  return targetsOf(pods).flatMap((target) =>
    callers.map((from) => ({
      caller: from.name,
      target: labelOf(target),
      rpc: target.protocol === 'gRPC' ? target.path : '',
      verdict: judge(objects, graph, from, target),
    })),
  );
}

function judge(objects: readonly ReadObject[], graph: CallGraph, from: Pod, target: Target): Verdict {
  const number = target.pod.ports.get(target.port);
  if (number === undefined) throw new Error(`${target.pod.name} has no port named ${target.port}`);
  return inTurn(
    () => judgeNetwork(objects, from, target.pod, number),
    () => judgeMesh(objects, from, target),
    () => judgeService(objects, graph, from, target),
  );
}

/** The manifests' own pods, Prometheus, and pods that somebody else started. */
function callersFor(objects: readonly ReadObject[], pods: readonly Pod[]): readonly Pod[] {
  const [first] = pods;
  if (!first) throw new Error('there are no Deployments in the manifests');
  const { namespace } = first;
  const annotations = annotationsOf(objects, namespace);
  const stranger: Pod = {
    name: 'stranger',
    namespace,
    labels: {},
    serviceAccount: 'default',
    ports: new Map(),
    probes: [],
    meshed: annotations['linkerd.io/inject'] === 'enabled',
    defaultPolicy: undefined,
    settings: {},
    tlsSecret: undefined,
  };
  return [
    ...pods,
    {
      ...stranger,
      name: 'prometheus',
      namespace: 'observability',
      labels: named('prometheus'),
      serviceAccount: 'prometheus',
    },
    stranger,
    { ...stranger, name: 'wrong-account', labels: named('gateway') },
    { ...stranger, name: 'wrong-label', serviceAccount: 'gateway' },
    { ...stranger, name: 'outsider', namespace: 'default', meshed: false },
  ];
}
