import type {
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from 'kubernetes-types/networking/v1.d.ts';
import { ofKind, type ReadObject, selects } from './objects.ts';
import { labelsOfNamespace, type Pod } from './pods.ts';
import { allowed, refused, type Verdict } from './verdict.ts';

/** Where Linkerd's proxy takes connections from other proxies, whatever port they are for. */
const proxyPort = 4143;

/**
 * Whether a TCP connection from one pod to a port of another comes about.
 * Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function judgeNetwork(objects: readonly ReadObject[], from: Pod, to: Pod, port: number): Verdict {
  const policies = ofKind<NetworkPolicy>(objects, 'NetworkPolicy');
  const wirePort = from.meshed && to.meshed ? proxyPort : port;
  const judge = (direction: 'Ingress' | 'Egress', own: Pod, peer: Pod): Verdict => {
    const selecting = policies.filter((policy) => isFor(policy, direction, own));
    const rules = selecting.flatMap((policy) => rulesOf(policy, direction));
    if (selecting.length === 0) return allowed;
    const pass = rules.some(
      ({ peers, ports }) => coversPeer(peers, own.namespace, peer) && coversPort(ports, to, wirePort),
    );
    if (pass) return allowed;
    const where = direction === 'Egress' ? `out of ${from.name}` : `into ${to.name}`;
    return refused(
      'network',
      'no connection',
      `no NetworkPolicy lets ${from.name} to port ${wirePort} ${where}`,
    );
  };
  const out = judge('Egress', from, to);
  return out.allowed ? judge('Ingress', to, from) : out;
}

function isFor({ metadata, spec }: ReadObject & NetworkPolicy, direction: string, pod: Pod): boolean {
  const types = spec?.policyTypes ?? ['Ingress', ...(spec?.egress ? ['Egress'] : [])];
  return (
    metadata.namespace === pod.namespace &&
    types.includes(direction) &&
    selects(spec?.podSelector ?? {}, pod.labels)
  );
}

function rulesOf({ spec }: NetworkPolicy, direction: 'Ingress' | 'Egress') {
  return direction === 'Egress'
    ? (spec?.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }))
    : (spec?.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }));
}

function coversPeer(peers: readonly NetworkPolicyPeer[] | undefined, namespace: string, pod: Pod): boolean {
  if (!peers?.length) return true;
  return peers.some(({ ipBlock, namespaceSelector, podSelector }) => {
    if (ipBlock) return true; // pods have addresses too, which nobody knows yet
    const inNamespace = namespaceSelector
      ? selects(namespaceSelector, labelsOfNamespace(pod.namespace))
      : pod.namespace === namespace;
    return inNamespace && selects(podSelector ?? {}, pod.labels);
  });
}

function coversPort(ports: readonly NetworkPolicyPort[] | undefined, to: Pod, number: number): boolean {
  if (!ports?.length) return true;
  return ports.some(({ port, endPort, protocol = 'TCP' }) => {
    if (protocol !== 'TCP') return false;
    if (port === undefined) return true;
    const first = typeof port === 'number' ? port : to.ports.get(port);
    return first !== undefined && number >= first && number <= (endPort ?? first);
  });
}
