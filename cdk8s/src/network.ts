import { Construct } from 'constructs';
import type {
  NetworkPolicy,
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicySpec,
} from 'kubernetes-types/networking/v1.d.ts';
import { catalogue, type Workload } from './catalogue.ts';
import { calleesOf, callersOfWorkload } from './edges.ts';
import type { Environment } from './environments.ts';
import { add, named, namespaceNamed } from './kube.ts';
import { postgresPort } from './postgres.ts';

/** Linkerd's proxy: where connections from other proxies arrive, whatever the port, and its own metrics. */
export const proxyPorts = { inbound: 4143, admin: 4191 };

/** What a proxy asks of the control plane: identity, destinations, policies. Without the first no pod starts. */
const controlPlane = { namespace: 'linkerd', ports: [8080, 8086, 8090] };

/** What holds for all pods of the namespace: nothing goes in or out, but questions to DNS and to the mesh itself. */
export class DefaultDeny extends Construct {
  constructor(scope: Construct, id: string, { transport }: Pick<Environment, 'transport'>) {
    super(scope, id);
    policy(this, 'default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const dns: NetworkPolicyPeer = {
      namespaceSelector: { matchLabels: namespaceNamed('kube-system') },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    };
    const ports = ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol }));
    policy(this, 'dns', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [dns], ports }] });
    if (transport !== 'mesh') return;
    const linkerd = { namespaceSelector: { matchLabels: namespaceNamed(controlPlane.namespace) } };
    policy(this, 'linkerd', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ to: [linkerd], ports: tcp(...controlPlane.ports) }],
    });
  }
}

/**
 * Who may connect to a workload and what it may connect to: the call graph's edges, its database, Prometheus. The
 * kubelet's probes need no rule: traffic from a pod's own node always passes.
 */
export class WorkloadNetwork extends Construct {
  constructor(scope: Construct, id: string, workload: Workload, environment: Environment) {
    super(scope, id);
    const { name, port, adminPort } = workload;
    const mesh = environment.transport === 'mesh';
    const inMesh = (number: number) => tcp(mesh ? proxyPorts.inbound : number);

    const callers = callersOfWorkload(workload).map(pods);
    const ingress: NetworkPolicyIngressRule[] = [
      ...(callers.length > 0 ? [{ from: callers, ports: inMesh(port.number) }] : []),
      // From anywhere, also from an ingress that is meshed itself.
      ...(workload.public ? [{ ports: tcp(port.number, ...(mesh ? [proxyPorts.inbound] : [])) }] : []),
      {
        from: [prometheus(environment)],
        ports: tcp(adminPort, ...(mesh ? [proxyPorts.inbound, proxyPorts.admin] : [])),
      },
    ];
    const egress: NetworkPolicyEgressRule[] = calleesOf(workload).map((callee) => ({
      to: [pods(callee.name)],
      ports: inMesh(callee.port.number),
    }));
    if (workload.database) {
      const { database } = environment;
      egress.push(
        'networks' in database
          ? { to: database.networks.map((cidr) => ({ ipBlock: { cidr } })), ports: tcp(postgresPort) }
          : { to: [pods('postgres')], ports: inMesh(postgresPort) },
      );
    }
    policy(this, name, {
      podSelector: { matchLabels: named(name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress,
      egress,
    });
  }
}

/** Who may connect to the namespace's PostgreSQL: the workloads that have a database. */
export class PostgresNetwork extends Construct {
  constructor(scope: Construct, id: string, { transport }: Environment) {
    super(scope, id);
    const from = catalogue.filter(({ database }) => database).map(({ name }) => pods(name));
    const port = transport === 'mesh' ? proxyPorts.inbound : postgresPort;
    policy(this, 'postgres', {
      podSelector: { matchLabels: named('postgres') },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from, ports: tcp(port) }],
    });
  }
}

/** Ports of TCP, as policies name them. */
export const tcp = (...ports: number[]) => ports.map((port) => ({ port, protocol: 'TCP' }));

/** The pods of that name in a policy's own namespace. */
export const pods = (name: string): NetworkPolicyPeer => ({ podSelector: { matchLabels: named(name) } });

const prometheus = ({ monitoring }: Environment): NetworkPolicyPeer => ({
  namespaceSelector: { matchLabels: namespaceNamed(monitoring.namespace) },
  podSelector: { matchLabels: named('prometheus') },
});

/** Adds a NetworkPolicy. */
export function policy(scope: Construct, name: string, spec: NetworkPolicySpec): void {
  add<NetworkPolicy>(scope, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name },
    spec,
  });
}
