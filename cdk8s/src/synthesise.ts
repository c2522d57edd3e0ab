import { App, Chart } from 'cdk8s';
import { stringify } from 'yaml';
import { catalogue } from './catalogue.ts';
import { Authority, Identity } from './certificates.ts';
import type { Environment } from './environments.ts';
import { Exposure } from './exposure.ts';
import { type KubeObject, partOfShop } from './kube.ts';
import { MeshDefaults, PostgresMesh, WorkloadMesh } from './mesh.ts';
import { ShopNamespace } from './namespace.ts';
import { DefaultDeny, PostgresNetwork, WorkloadNetwork } from './network.ts';
import { Postgres } from './postgres.ts';
import { Pods } from './workload.ts';

/** The objects of an environment by the file that holds them, in the order in which they are applied. */
export type Manifests = ReadonlyMap<string, readonly KubeObject[]>;

/** All objects of an environment. Two files have numbers: the namespace must come first, then what denies by default. */
export function synthesise(environment: Environment): Manifests {
  const app = new App();
  const { namespace, transport, database } = environment;
  const mesh = transport === 'mesh';
  const chart = (name: string) => new Chart(app, name, { namespace, labels: partOfShop });
  const certManager = !mesh && environment.certManager;

  new ShopNamespace(new Chart(app, '00-namespace'), 'namespace', environment);
  const defaults = chart('01-defaults');
  new DefaultDeny(defaults, 'network', environment);
  if (mesh) new MeshDefaults(defaults, 'mesh', environment);
  if (certManager) new Authority(defaults, 'authority', environment);

  if ('storage' in database) {
    const postgres = chart('postgres');
    new Postgres(postgres, 'server', environment, database.storage);
    new PostgresNetwork(postgres, 'network', environment);
    if (mesh) new PostgresMesh(postgres, 'mesh');
  }
  for (const workload of catalogue) {
    const own = chart(workload.name);
    new Pods(own, 'pods', workload, environment);
    new Exposure(own, 'exposure', workload, environment);
    new WorkloadNetwork(own, 'network', workload, environment);
    if (mesh) new WorkloadMesh(own, 'mesh', workload);
    if (certManager) new Identity(own, 'identity', workload.name, environment);
  }
  return filesOf(app);
}

/** The objects of an app's charts, each chart a file of its name. */
export function filesOf(app: App): Manifests {
  const files = app.charts.map((own) => [`${own.node.id}.yaml`, own.toJson() as KubeObject[]] as const);
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A file of manifests. */
export function toYaml(objects: readonly KubeObject[]): string {
  const documents = objects.map((object) =>
    stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }),
  );
  return `# Written by \`npm run synth\` from cdk8s/: change it there.\n${documents.join('---\n')}`;
}
