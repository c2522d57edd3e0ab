import { componentsFor, type Environment, type Observability, observabilities } from '@hotpath/cdk8s';
import { run } from './programs.ts';

/** What looks at an environment: k8s/observability-mesh or k8s/observability-mtls. */
export function observabilityOf({ name }: Environment): Observability {
  const found = observabilities.find(({ shop }) => shop.name === name);
  if (!found) throw new Error(`cdk8s/src/observability has nothing for k8s/${name}`);
  return found;
}

/** The images that it runs. */
export const imagesOf = ({ shop }: Observability): readonly string[] =>
  componentsFor(shop.namespace).map(({ image }) => image);

/** How each of it is reached from here, line by line. */
export const forwardsOf = ({ namespace }: Observability): string => `
  Grafana     http://127.0.0.1:3000/    after: kubectl --namespace ${namespace} port-forward service/grafana 3000
  Jaeger      http://127.0.0.1:16686/   after: kubectl --namespace ${namespace} port-forward service/jaeger 16686
  Prometheus  http://127.0.0.1:9090/    after: kubectl --namespace ${namespace} port-forward service/prometheus 9090
`;

/**
 * Settings with which Linkerd's proxies send spans of their own to the same collector, of requests that are traced
 * anyway. They are Linkerd's for all proxies: no annotation turns them on for some.
 * Source: its chart's values.yaml, proxy.tracing
 */
export const proxyTracing = ({ namespace }: Observability): readonly string[] =>
  [
    'enabled=true',
    `collector.endpoint=collector.${namespace}.svc.cluster.local:4317`,
    'collector.meshIdentity.serviceAccountName=collector',
    `collector.meshIdentity.namespace=${namespace}`,
  ].map((setting) => `--set=proxy.tracing.${setting}`);

/** Puts it into the cluster, beside a shop's namespace. What was there before the shop's pods start, they send to. */
export async function applyObservability({ name }: Observability): Promise<void> {
  await run('kubectl', ['apply', '--filename', `k8s/${name}`]);
}

/** Waits until all of it works. @throws Error after the events that tell why something does not */
export async function observabilityReady({ name, namespace }: Observability, timeout: string): Promise<void> {
  const kubectl = (...args: string[]) => run('kubectl', ['--namespace', namespace, ...args]);
  await kubectl('rollout', 'status', 'deployment', timeout).catch(async (error: Error) => {
    await kubectl('get', 'events', '--field-selector=type=Warning', '--sort-by=.lastTimestamp');
    throw new Error(
      `${error.message}\nThe shop runs; why what looks at it does not is above. Without it: kubectl delete --filename k8s/${name}`,
    );
  });
}
