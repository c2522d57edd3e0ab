import { Construct } from 'constructs';
import type {
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
} from 'kubernetes-types/networking/v1.d.ts';
import { catalogue } from '../catalogue.ts';
import { named, namespaceNamed, partOfShop } from '../kube.ts';
import { pods, policy, proxyPorts, tcp } from '../network.ts';
import type { Component, ComponentPort } from './component.ts';
import { calleesOf, type Observability } from './components.ts';

/** The API server's, as its Service and as its own: which of them a rule must name depends on the cluster's network. */
const kubernetesPorts = [443, 6443];

/** Who may connect to a component, and what it may connect to. */
export class ComponentNetwork extends Construct {
  constructor(
    scope: Construct,
    id: string,
    component: Component,
    components: readonly Component[],
    { shop }: Observability,
  ) {
    super(scope, id);
    const mesh = shop.transport === 'mesh';
    const ports = ({ number, proxies }: ComponentPort) =>
      tcp(...(mesh ? [proxyPorts.inbound, ...(proxies ? [number] : [])] : [number]));
    const allOfShop: NetworkPolicyPeer = {
      namespaceSelector: { matchLabels: namespaceNamed(shop.namespace) },
      podSelector: { matchLabels: partOfShop },
    };

    const ingress = component.ports
      .filter(({ from }) => from.length > 0)
      .map(
        (port): NetworkPolicyIngressRule => ({
          from: port.from.map((one) => (one === 'shop' ? allOfShop : pods(one))),
          ports: ports(port),
        }),
      );
    const egress = calleesOf(component, components).map(
      ({ callee, port }): NetworkPolicyEgressRule => ({ to: [pods(callee.name)], ports: ports(port) }),
    );
    if (component.asksKubernetes) {
      const admin = catalogue.map(({ adminPort }) => adminPort);
      egress.push(
        { to: [allOfShop], ports: tcp(...admin, ...(mesh ? [proxyPorts.inbound, proxyPorts.admin] : [])) },
        { ports: tcp(...kubernetesPorts) },
      );
    }
    policy(this, component.name, {
      podSelector: { matchLabels: named(component.name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress,
      egress,
    });
  }
}
