import type { Service } from 'kubernetes-types/core/v1.d.ts';
import type { LabelSelector } from 'kubernetes-types/meta/v1.d.ts';
import type {
  AuthorizationPolicy,
  GRPCRoute,
  MeshTLSAuthentication,
  NetworkAuthentication,
  Server,
} from '../crds.ts';
import { ofKind, type ReadObject, selects } from './objects.ts';
import type { Pod } from './pods.ts';
import type { Target } from './targets.ts';
import { allowed, refused, type Verdict } from './verdict.ts';

/**
 * What Linkerd's proxies say to a call: the caller's, which needs a route where its Service has any, and the callee's,
 * which asks who calls. As measured on Linkerd edge-26.8, and read in the source of its policy controller.
 */
export function judgeMesh(objects: readonly ReadObject[], from: Pod, target: Target): Verdict {
  const out = from.meshed ? judgeOutbound(objects, target) : allowed;
  return out.allowed && target.pod.meshed ? judgeInbound(objects, from, target) : out;
}

function judgeOutbound(objects: readonly ReadObject[], { pod, port, path, protocol }: Target): Verdict {
  if (protocol !== 'gRPC') return allowed;
  const services = ofKind<Service>(objects, 'Service').filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      selects({ matchLabels: spec?.selector ?? {} }, pod.labels) &&
      spec?.ports?.some((one) => one.targetPort === port),
  );
  const parents = services.map(({ metadata }) => ({ kind: 'Service', name: metadata.name }));
  const routes = parents.flatMap((parent) => routesOf(objects, parent, pod.namespace));
  if (routes.length === 0 || routes.some((route) => specificity(route, path) > 0)) return allowed;
  return refused('mesh', 'NOT_FOUND', `Service ${pod.name} has GRPCRoutes, but none for ${path}`);
}

function judgeInbound(objects: readonly ReadObject[], from: Pod, target: Target): Verdict {
  const { pod, port, path } = target;
  const servers = ofKind<Server>(objects, 'Server').filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      spec.port === port &&
      selects(spec.podSelector as LabelSelector, pod.labels),
  );
  const [server, other] = servers;
  if (other) throw new Error(`${server?.metadata.name} and ${other.metadata.name} are Servers of one port`);
  if (!server) {
    if (pod.probes.some((probe) => probe.port === port && probe.path === path)) return allowed;
    return byDefaultPolicy(from, pod, port);
  }
  const { name } = server.metadata;
  const onServer = policiesFor(objects, pod.namespace, { kind: 'Server', name });
  const enters = (policies: readonly AuthorizationPolicy[]) =>
    policies.some((policy) => accepts(objects, policy, from, pod.namespace));
  if (enters(onServer)) return allowed; // for every route: a policy on a Server adds to those on its routes

  const routes = routesOf(objects, { kind: 'Server', name }, pod.namespace);
  if (server.spec.proxyProtocol === 'gRPC' && routes.length > 0) {
    const [best] = routes
      .map((route) => ({ route, rank: specificity(route, path) }))
      .filter(({ rank }) => rank > 0)
      .sort((a, b) => b.rank - a.rank);
    if (!best) return refused('mesh', 'NOT_FOUND', `Server ${name} has no GRPCRoute for ${path}`);
    const own = { kind: 'GRPCRoute', name: best.route.metadata.name };
    if (enters(policiesFor(objects, pod.namespace, own))) return allowed;
    return denied(from, `GRPCRoute ${own.name}`);
  }
  const probed = server.spec.proxyProtocol === 'HTTP/1' && pod.probes.some((probe) => probe.path === path);
  return probed && pod.probes.some((probe) => probe.port === port) ? allowed : denied(from, `Server ${name}`);
}

const denied = (from: Pod, what: string) =>
  refused('mesh', 'PERMISSION_DENIED', `no AuthorizationPolicy lets ${from.name} in to ${what}`);

function byDefaultPolicy(from: Pod, pod: Pod, port: string): Verdict {
  switch (pod.defaultPolicy) {
    case undefined:
    case 'all-unauthenticated':
      return allowed;
    case 'all-authenticated':
      if (from.meshed) return allowed;
      break;
    case 'deny':
      break;
    default:
      throw new Error(`the default inbound policy ${pod.defaultPolicy} is not known to this evaluation`);
  }
  return refused('mesh', 'PERMISSION_DENIED', `no Server describes ${port} of ${pod.name}`);
}

/** 2 where a route names the RPC, 1 where its service or everything, 0 where it is for others. */
function specificity({ spec }: GRPCRoute, path: string): number {
  const [, service, method] = path.split('/');
  const ranks = spec.rules.flatMap(({ matches }) => {
    if (!matches?.length) return [1];
    return matches.map((match) => {
      if (match.method.service !== service) return 0;
      if (match.method.method === undefined) return 1;
      return match.method.method === method ? 2 : 0;
    });
  });
  return Math.max(0, ...ranks);
}

type Ref = { readonly kind: string; readonly name: string };

function routesOf(objects: readonly ReadObject[], parent: Ref, namespace: string) {
  return ofKind<GRPCRoute>(objects, 'GRPCRoute').filter(
    ({ metadata, spec }) =>
      metadata.namespace === namespace &&
      spec.parentRefs.some(({ kind, name }) => kind === parent.kind && name === parent.name),
  );
}

function policiesFor(objects: readonly ReadObject[], namespace: string, target: Ref) {
  return ofKind<AuthorizationPolicy>(objects, 'AuthorizationPolicy').filter(
    ({ metadata, spec: { targetRef } }) =>
      metadata.namespace === namespace &&
      ((targetRef.kind === target.kind && targetRef.name === target.name) || targetRef.kind === 'Namespace'),
  );
}

/** Whether a caller passes all authentications of a policy. One that is not there makes the policy count for nothing. */
function accepts(
  objects: readonly ReadObject[],
  { spec }: AuthorizationPolicy,
  from: Pod,
  namespace: string,
): boolean {
  return spec.requiredAuthenticationRefs.every(({ kind, name }) => {
    const isIt = ({ metadata }: ReadObject) => metadata.namespace === namespace && metadata.name === name;
    if (kind === 'MeshTLSAuthentication') {
      const found = ofKind<MeshTLSAuthentication>(objects, kind).find(isIt);
      return found?.spec.identityRefs.some(
        (ref) =>
          from.meshed && ref.name === from.serviceAccount && (ref.namespace ?? namespace) === from.namespace,
      );
    }
    if (kind === 'NetworkAuthentication') {
      const found = ofKind<NetworkAuthentication>(objects, kind).find(isIt);
      return found?.spec.networks.some(({ cidr }) => {
        if (cidr === '0.0.0.0/0' || cidr === '::/0') return true;
        throw new Error(
          `${found.metadata.name}: who has an address in ${cidr} is not known to this evaluation`,
        );
      });
    }
    throw new Error(`AuthorizationPolicies with ${kind} are not known to this evaluation`);
  });
}
