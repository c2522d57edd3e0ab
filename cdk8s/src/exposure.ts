import { Construct } from 'constructs';
import type { Service, ServicePort } from 'kubernetes-types/core/v1.d.ts';
import type { Workload } from './catalogue.ts';
import type { HTTPRoute } from './crds.ts';
import type { Environment } from './environments.ts';
import { add, named } from './kube.ts';
import { headlessOf, isCalled } from './settings.ts';

/** After so many failures in a row a mesh's proxies leave a pod out for a while, longer each time. */
const failureAccrual = {
  'balancer.linkerd.io/failure-accrual': 'consecutive',
  'balancer.linkerd.io/failure-accrual-consecutive-max-failures': '7',
  'balancer.linkerd.io/failure-accrual-consecutive-min-penalty': '1s',
  'balancer.linkerd.io/failure-accrual-consecutive-max-penalty': '3s',
};

/** Where a workload is reached: its Services, and for the gateway the way in from outside. */
export class Exposure extends Construct {
  constructor(scope: Construct, id: string, workload: Workload, environment: Environment) {
    super(scope, id);
    const { name, port } = workload;
    const { transport, entrance } = environment;
    const meshed = transport === 'mesh' && isCalled(workload);
    const nodePort = workload.public && 'nodePort' in entrance ? entrance.nodePort : undefined;
    const servicePort: ServicePort = {
      name: port.name,
      port: port.number,
      targetPort: port.name,
      // HTTP/2 without TLS, which needs no guessing. "http" would mean HTTP/1 to the proxy.
      ...(meshed && { appProtocol: 'kubernetes.io/h2c' }),
      ...(nodePort && { nodePort }),
    };

    add<Service>(this, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, ...(meshed && { annotations: failureAccrual }) },
      spec: { type: nodePort ? 'NodePort' : 'ClusterIP', selector: named(name), ports: [servicePort] },
    });
    if (transport === 'mtls' && isCalled(workload)) {
      add<Service>(this, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: headlessOf(workload) },
        spec: { clusterIP: 'None', selector: named(name), ports: [servicePort] },
      });
    }
    if (workload.public && 'hosts' in entrance) {
      add<HTTPRoute>(this, {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: { name },
        spec: {
          parentRefs: [entrance.gateway],
          hostnames: entrance.hosts,
          // No time limit, which event streams and carts would run into; the shop keeps its own.
          rules: [{ backendRefs: [{ name, port: port.number }], timeouts: { request: '0s' } }],
        },
      });
    }
  }
}
