import { Construct } from 'constructs';
import type { Role, RoleBinding } from 'kubernetes-types/rbac/v1.d.ts';
import { add } from '../kube.ts';

/** Lets Prometheus see which pods there are in the shop's namespace, and nothing else of Kubernetes. */
export class PodReader extends Construct {
  constructor(scope: Construct, id: string, { namespace }: { readonly namespace: string }) {
    super(scope, id);
    const name = 'prometheus';
    add<Role>(this, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    });
    add<RoleBinding>(this, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });
  }
}
