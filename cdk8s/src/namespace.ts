import { Construct } from 'constructs';
import type { Namespace } from 'kubernetes-types/core/v1.d.ts';
import type { Environment } from './environments.ts';
import { add, partOfShop } from './kube.ts';

/** What Linkerd's injector reads: a proxy beside every pod, which starts before init containers and ends last. */
const meshed = {
  'linkerd.io/inject': 'enabled',
  // What no Server describes is refused.
  'config.linkerd.io/default-inbound-policy': 'deny',
  // The same under its name of now and of Linkerd 2.19 and before, where it is not yet the default.
  'config.linkerd.io/proxy-enable-native-sidecar': 'true',
  'config.beta.linkerd.io/proxy-enable-native-sidecar': 'true',
};

/** A namespace, the shop's or of what looks at it, in which no pod may run with more rights than PodSecurity `restricted` gives. */
export class ShopNamespace extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { namespace, transport }: Pick<Environment, 'namespace' | 'transport'>,
  ) {
    super(scope, id);
    add<Namespace>(this, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: {
          ...partOfShop,
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/warn': 'restricted',
          'pod-security.kubernetes.io/audit': 'restricted',
        },
        ...(transport === 'mesh' && { annotations: meshed }),
      },
    });
  }
}
