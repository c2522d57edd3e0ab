import { budgetOf, type MethodDefinition } from '@hotpath/contracts';
import { Construct } from 'constructs';
import { catalogue, type Workload } from './catalogue.ts';
import type {
  AuthorizationPolicy,
  GRPCRoute,
  MeshTLSAuthentication,
  NetworkAuthentication,
  Server,
} from './crds.ts';
import { callerGroups } from './edges.ts';
import type { Environment } from './environments.ts';
import { add, named, partOfShop } from './kube.ts';
import { isCalled } from './settings.ts';

/** How much longer than a call's budget the mesh waits, ms: it only ends what the budget's keepers forgot. */
const backstopMs = 200;

const everyone = 'everyone';

/** What all meshed pods share: their admin ports, open to Prometheus alone, and the authentications. */
export class MeshDefaults extends Construct {
  constructor(scope: Construct, id: string, { monitoring }: Environment) {
    super(scope, id);
    const { namespace, serviceAccount: name } = monitoring;
    add<NetworkAuthentication>(this, {
      apiVersion: 'policy.linkerd.io/v1alpha1',
      kind: 'NetworkAuthentication',
      metadata: { name: everyone },
      spec: { networks: [{ cidr: '0.0.0.0/0' }, { cidr: '::/0' }] },
    });
    add<MeshTLSAuthentication>(this, {
      apiVersion: 'policy.linkerd.io/v1alpha1',
      kind: 'MeshTLSAuthentication',
      metadata: { name: 'prometheus' },
      spec: { identityRefs: [{ kind: 'ServiceAccount', name, namespace }] },
    });
    // No route on either: where there is one, Linkerd no longer lets the kubelet's probes in by itself.
    for (const [server, port] of [['admin', 'admin'] as const, ['proxy-admin', 'linkerd-admin'] as const]) {
      addServer(this, { name: server, pods: partOfShop, port, proxyProtocol: 'HTTP/1' });
      authorize(this, server, { kind: 'Server', name: server }, 'MeshTLSAuthentication', 'prometheus');
    }
  }
}

/** Who may call what of a workload by its identity in the mesh, and how long a call of it may take at most. */
export class WorkloadMesh extends Construct {
  constructor(scope: Construct, id: string, workload: Workload) {
    super(scope, id);
    const { name, port } = workload;
    const server = `${name}-${port.name}`;
    if (workload.public) {
      addServer(this, { name: server, pods: named(name), port: port.name, proxyProtocol: 'HTTP/1' });
      authorize(this, server, { kind: 'Server', name: server }, 'NetworkAuthentication', everyone);
    }
    if (!isCalled(workload)) return;
    // With "HTTP/2" Linkerd would accept the routes, ignore them and refuse every call.
    addServer(this, { name: server, pods: named(name), port: port.name, proxyProtocol: 'gRPC' });
    const parent = { group: 'policy.linkerd.io', kind: 'Server', name: server };
    for (const { callers, rpcs } of callerGroups(workload)) {
      // What nobody calls has a route too: without one the answer would be NOT_FOUND.
      const route = `${name}-from-${callers.join('-') || 'nobody'}`;
      addRoute(this, route, parent, matchesOf(rpcs));
      if (callers.length === 0) continue;
      add<MeshTLSAuthentication>(this, {
        apiVersion: 'policy.linkerd.io/v1alpha1',
        kind: 'MeshTLSAuthentication',
        metadata: { name: route },
        spec: { identityRefs: callers.map((caller) => ({ kind: 'ServiceAccount', name: caller })) },
      });
      authorize(this, route, { kind: 'GRPCRoute', name: route }, 'MeshTLSAuthentication', route);
    }
    addRoute(this, `${name}-health`, parent, [{ method: { service: 'grpc.health.v1.Health' } }]);
    authorize(
      this,
      `${name}-health`,
      { kind: 'GRPCRoute', name: `${name}-health` },
      'NetworkAuthentication',
      everyone,
    );
    addTimeouts(this, workload);
  }
}

/** Lets the workloads that have a database in to PostgreSQL, which the mesh carries as bytes. */
export class PostgresMesh extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    addServer(this, { name: 'postgres', pods: named('postgres'), port: 'postgres', proxyProtocol: 'opaque' });
    const owners = catalogue.filter(({ database }) => database);
    add<MeshTLSAuthentication>(this, {
      apiVersion: 'policy.linkerd.io/v1alpha1',
      kind: 'MeshTLSAuthentication',
      metadata: { name: 'postgres' },
      spec: { identityRefs: owners.map(({ name }) => ({ kind: 'ServiceAccount', name })) },
    });
    authorize(this, 'postgres', { kind: 'Server', name: 'postgres' }, 'MeshTLSAuthentication', 'postgres');
  }
}

/**
 * Times after which callers' proxies give up. Unary calls only, since on streams it would cut each of them; for these
 * and for health there is one route that matches the rest, without a time, or they would be NOT_FOUND.
 */
function addTimeouts(scope: Construct, { name, port, services }: Workload): void {
  const unary = services.flatMap((service) =>
    Object.values(service.methods)
      .filter(({ kind }) => kind === 'unary')
      .map((rpc) => ({ rpc, budgetMs: budgetOf(service, rpc).timeoutMs })),
  );
  const parent = { group: 'core', kind: 'Service', name, port: port.number };
  const backendRefs = [{ name, port: port.number }];
  for (const [budgetMs, calls] of Map.groupBy(unary, ({ budgetMs }) => budgetMs)) {
    const annotations = { 'timeout.linkerd.io/request': `${budgetMs + backstopMs}ms` };
    const matches = matchesOf(calls.map(({ rpc }) => rpc));
    addRoute(scope, `${name}-within-${budgetMs}ms`, parent, matches, { annotations, backendRefs });
  }
  addRoute(scope, `${name}-untimed`, parent, undefined, { backendRefs });
}

type Rule = GRPCRoute['spec']['rules'][number];

function matchesOf(rpcs: readonly MethodDefinition[]): Rule['matches'] {
  return rpcs.map(({ path }) => {
    const [, service = '', method] = path.split('/');
    return { method: { service, method } };
  });
}

type RouteOptions = {
  readonly annotations?: Record<string, string>;
  readonly backendRefs?: Rule['backendRefs'];
};

function addRoute(
  scope: Construct,
  name: string,
  parent: GRPCRoute['spec']['parentRefs'][number],
  matches: Rule['matches'],
  { annotations, backendRefs }: RouteOptions = {},
): void {
  add<GRPCRoute>(scope, {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GRPCRoute',
    metadata: { name, ...(annotations && { annotations }) },
    spec: {
      parentRefs: [parent],
      rules: [{ ...(matches && { matches }), ...(backendRefs && { backendRefs }) }],
    },
  });
}

type ServerInit = Pick<Server['spec'], 'port' | 'proxyProtocol'> & {
  readonly name: string;
  readonly pods: Readonly<Record<string, string>>;
};

/** Describes a port of some pods to the mesh, which then lets in whom `authorize` names. */
export function addServer(scope: Construct, { name, pods, ...spec }: ServerInit): void {
  add<Server>(scope, {
    apiVersion: 'policy.linkerd.io/v1beta3',
    kind: 'Server',
    metadata: { name },
    spec: { podSelector: { matchLabels: pods }, ...spec },
  });
}

/** Lets in to a target those whom one authentication accepts. */
export function authorize(
  scope: Construct,
  name: string,
  target: { readonly kind: 'Server' | 'GRPCRoute'; readonly name: string },
  authentication: 'MeshTLSAuthentication' | 'NetworkAuthentication',
  who: string,
): void {
  const group = target.kind === 'Server' ? 'policy.linkerd.io' : 'gateway.networking.k8s.io';
  add<AuthorizationPolicy>(scope, {
    apiVersion: 'policy.linkerd.io/v1alpha1',
    kind: 'AuthorizationPolicy',
    metadata: { name },
    spec: {
      targetRef: { group, ...target },
      requiredAuthenticationRefs: [{ group: 'policy.linkerd.io', kind: authentication, name: who }],
    },
  });
}
