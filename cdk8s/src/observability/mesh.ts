import { Construct } from 'constructs';
import { catalogue } from '../catalogue.ts';
import type { MeshTLSAuthentication } from '../crds.ts';
import { add, named } from '../kube.ts';
import { addServer, authorize } from '../mesh.ts';
import type { Component } from './component.ts';
import type { Observability } from './components.ts';

type IdentityRefs = MeshTLSAuthentication['spec']['identityRefs'];

/** Who may connect to a component by its identity in the mesh. The kubelet's probes pass by themselves. */
export class ComponentMesh extends Construct {
  constructor(scope: Construct, id: string, { name, ports }: Component, { shop }: Observability) {
    super(scope, id);
    // The shop's database sends nothing, but its proxy is told to like all others.
    const ofShop: IdentityRefs = [...catalogue.map(({ name }) => name), 'postgres'].map((name) => ({
      kind: 'ServiceAccount',
      name,
      namespace: shop.namespace,
    }));
    for (const { name: port, protocol, from } of ports) {
      if (from.length === 0) continue;
      const server = `${name}-${port}`;
      addServer(this, { name: server, pods: named(name), port, proxyProtocol: protocol });
      add<MeshTLSAuthentication>(this, {
        apiVersion: 'policy.linkerd.io/v1alpha1',
        kind: 'MeshTLSAuthentication',
        metadata: { name: server },
        spec: {
          identityRefs: from.flatMap(
            (one): IdentityRefs => (one === 'shop' ? ofShop : [{ kind: 'ServiceAccount', name: one }]),
          ),
        },
      });
      authorize(this, server, { kind: 'Server', name: server }, 'MeshTLSAuthentication', server);
    }
  }
}
