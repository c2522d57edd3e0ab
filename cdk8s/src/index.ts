export { catalogue, databaseOf, times, type Workload, type WorkloadName } from './catalogue.ts';
export { type Environment, environments } from './environments.ts';
export { k8sFolder } from './files.ts';
export type { KubeObject } from './kube.ts';
export { type Cell, matrixOf } from './matrix/matrix.ts';
export { type ReadObject, readManifests } from './matrix/objects.ts';
export { databaseSecrets, tlsSecrets } from './secrets.ts';
export { nodeOptions } from './settings.ts';
export { type Manifests, synthesise, toYaml } from './synthesise.ts';
