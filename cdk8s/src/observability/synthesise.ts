import { App, Chart } from 'cdk8s';
import { environments } from '../environments.ts';
import { partOfShop } from '../kube.ts';
import { ShopNamespace } from '../namespace.ts';
import { DefaultDeny } from '../network.ts';
import { filesOf, type Manifests } from '../synthesise.ts';
import { Traces } from '../traces.ts';
import { ComponentPods } from './component.ts';
import { componentsFor, type Observability } from './components.ts';
import { ComponentMesh } from './mesh.ts';
import { ComponentNetwork } from './network.ts';
import { PodReader } from './pod-reader.ts';

/** What `npm run synth` writes for whoever wants to look into a local environment: one for each of these. */
export const observabilities: readonly Observability[] = environments
  .filter(({ name }) => name.startsWith('local-'))
  .map((shop) => ({
    name: shop.name.replace('local', 'observability'),
    namespace: shop.monitoring.namespace,
    shop,
  }));

/**
 * All objects: a namespace with the programs, and in the shop's namespace what has its processes send spans. It must
 * be there before: k8s/local-*.
 */
export function synthesiseObservability(observability: Observability): Manifests {
  const app = new App();
  const { namespace, shop } = observability;
  const { transport } = shop;
  const chart = (name: string) =>
    new Chart(app, name, { namespace, labels: { 'app.kubernetes.io/part-of': namespace } });

  new ShopNamespace(new Chart(app, '00-namespace'), 'namespace', { namespace, transport });
  new DefaultDeny(chart('01-defaults'), 'network', { transport });
  const components = componentsFor(shop.namespace);
  for (const component of components) {
    const own = chart(component.name);
    new ComponentPods(own, 'pods', component);
    new ComponentNetwork(own, 'network', component, components, observability);
    if (transport === 'mesh') new ComponentMesh(own, 'mesh', component, observability);
  }
  const inShop = new Chart(app, 'shop', { namespace: shop.namespace, labels: partOfShop });
  new PodReader(inShop, 'pod-reader', { namespace });
  new Traces(inShop, 'traces', { transport, service: 'collector', namespace, port: 4318, ratio: '1' });
  return filesOf(app);
}
