import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import type { ConfigMap, Container, Namespace, PodTemplateSpec } from 'kubernetes-types/core/v1.d.ts';
import { namespaceNamed } from '../kube.ts';
import { type Labels, ofKind, type ReadObject } from './objects.ts';

/** A pod, as policies see it. */
export type Pod = {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly serviceAccount: string;
  /** By name. */
  readonly ports: ReadonlyMap<string, number>;
  /** Paths that the kubelet asks for, by port name. */
  readonly probes: readonly { readonly port: string; readonly path: string }[];
  /** Whether a mesh's proxy stands beside it. */
  readonly meshed: boolean;
  /** The mesh's policy for ports that no Server describes. */
  readonly defaultPolicy: string | undefined;
  readonly settings: Labels;
  /** The Secret that is mounted where TLS_FOLDER says. */
  readonly tlsSecret: string | undefined;
};

/** The labels of a namespace that selectors may ask for: its name, which Kubernetes adds. */
export const labelsOfNamespace = (namespace: string): Labels => namespaceNamed(namespace);

/** The pods that the manifests' Deployments and StatefulSets make. */
export function podsOf(objects: readonly ReadObject[]): readonly Pod[] {
  const owners = [
    ...ofKind<Deployment>(objects, 'Deployment'),
    ...ofKind<StatefulSet>(objects, 'StatefulSet'),
  ];
  return owners.map(({ metadata, spec }) => podOf(objects, metadata, spec?.template ?? {}));
}

function podOf(
  objects: readonly ReadObject[],
  { name, namespace = 'default' }: ReadObject['metadata'],
  { metadata, spec }: PodTemplateSpec,
): Pod {
  const [container] = spec?.containers ?? [];
  const annotations = { ...annotationsOf(objects, namespace), ...metadata?.annotations };
  const settings = settingsOf(objects, container);
  const mounted = container?.volumeMounts?.find(({ mountPath }) => mountPath === settings.TLS_FOLDER)?.name;
  const probes = [container?.startupProbe, container?.readinessProbe, container?.livenessProbe];
  return {
    name,
    namespace,
    labels: metadata?.labels ?? {},
    serviceAccount: spec?.serviceAccountName ?? 'default',
    ports: new Map(container?.ports?.map((port) => [port.name ?? '', port.containerPort])),
    probes: probes.flatMap((probe) => {
      const get = probe?.httpGet;
      return get ? [{ port: String(get.port), path: get.path ?? '/' }] : [];
    }),
    meshed: annotations['linkerd.io/inject'] === 'enabled',
    defaultPolicy: annotations['config.linkerd.io/default-inbound-policy'],
    settings,
    tlsSecret: spec?.volumes?.find((volume) => volume.name === mounted)?.secret?.secretName,
  };
}

/** The annotations of a namespace, which its pods inherit where the mesh is concerned. */
export function annotationsOf(objects: readonly ReadObject[], namespace: string): Labels {
  const found = ofKind<Namespace>(objects, 'Namespace').find(({ metadata }) => metadata.name === namespace);
  return found?.metadata.annotations ?? {};
}

function settingsOf(
  objects: readonly ReadObject[],
  { env = [], envFrom = [] }: Partial<Container> = {},
): Labels {
  const names = envFrom.map(({ configMapRef }) => configMapRef?.name);
  const maps = ofKind<ConfigMap>(objects, 'ConfigMap').filter(({ metadata }) =>
    names.includes(metadata.name),
  );
  const own = Object.fromEntries(
    env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
  );
  return Object.assign({}, ...maps.map(({ data }) => data), own);
}
