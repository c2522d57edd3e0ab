import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { ConfigMap, Container, Service, ServiceAccount } from 'kubernetes-types/core/v1.d.ts';
import type { Server } from '../crds.ts';
import { add, named } from '../kube.ts';
import { restricted, restrictedPod } from '../pod.ts';
import { hashOf } from '../settings.ts';

/** The programs that take in what the shop tells of itself, which are also their Services and service accounts. */
export type ComponentName = 'collector' | 'jaeger' | 'prometheus' | 'grafana';

/** A port that others connect to. */
export type ComponentPort = {
  readonly name: string;
  readonly number: number;
  readonly protocol: Exclude<Server['spec']['proxyProtocol'], 'opaque'>;
  /** Who connects: other components, or the shop's pods. Nobody: people, by `kubectl port-forward`. */
  readonly from: readonly (ComponentName | 'shop')[];
  /** Whether Linkerd's proxies also connect by themselves, past each other: to the port as it is. */
  readonly proxies?: true;
};

/** A program of one pod, with what it keeps in memory or in a folder that goes with the pod. */
export type Component = {
  readonly name: ComponentName;
  /** Pinned by version. */
  readonly image: string;
  /** The image's own user. */
  readonly uid: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly ports: readonly ComponentPort[];
  /** Where it says over HTTP that it works. */
  readonly probe: { readonly path: string; readonly port: number };
  /** Its configuration: by folder, the files in it. */
  readonly files: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Folders that it writes to. */
  readonly writes?: readonly string[];
  /** Whether it asks Kubernetes' API, and so needs its service account's token. */
  readonly asksKubernetes?: true;
  /** Thousandths of a core, and Mi, that it is sure of; of memory it may have twice as much. Measured: ADR 10. */
  readonly requests: { readonly cpuMillis: number; readonly memoryMi: number };
};

/** The objects of a component, but for its policies. */
export class ComponentPods extends Construct {
  constructor(scope: Construct, id: string, component: Component) {
    super(scope, id);
    const { name, ports } = component;
    const asksKubernetes = component.asksKubernetes === true;
    const volumes = volumesOf(component);
    for (const { config, files } of volumes) {
      add<ConfigMap>(this, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: config },
        immutable: true,
        data: { ...files },
      });
    }
    add<ServiceAccount>(this, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name },
      automountServiceAccountToken: false,
    });
    add<Deployment>(this, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels: named(name) },
      spec: {
        replicas: 1,
        selector: { matchLabels: named(name) },
        strategy: { type: 'Recreate' }, // what a second pod knew would be another half
        template: {
          metadata: { labels: named(name) },
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: asksKubernetes,
            enableServiceLinks: false,
            securityContext: restrictedPod(component.uid),
            containers: [containerOf(component)],
            volumes: [
              ...volumes.map(({ volume, config }) => ({ name: volume, configMap: { name: config } })),
              ...(component.writes ?? []).map((folder) => ({ name: volumeOf(folder), emptyDir: {} })),
            ],
          },
        },
      },
    });
    add<Service>(this, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: {
        selector: named(name),
        ports: ports.map((port) => ({
          name: port.name,
          port: port.number,
          targetPort: port.name,
          ...(port.protocol === 'gRPC' && { appProtocol: 'kubernetes.io/h2c' }),
        })),
      },
    });
  }
}

function containerOf(component: Component): Container {
  const { name, image, args = [], env = {}, ports, probe, requests, writes = [] } = component;
  const httpGet = { path: probe.path, port: probe.port };
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    args: [...args],
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    ports: ports.map(({ name, number }) => ({ name, containerPort: number })),
    securityContext: restricted,
    startupProbe: { httpGet, periodSeconds: 2, failureThreshold: 60 },
    readinessProbe: { httpGet, periodSeconds: 5 },
    livenessProbe: { httpGet, periodSeconds: 20, failureThreshold: 6, timeoutSeconds: 5 },
    resources: {
      requests: { cpu: `${requests.cpuMillis}m`, memory: `${requests.memoryMi}Mi` },
      limits: { cpu: '1', memory: `${requests.memoryMi * 2}Mi` },
    },
    volumeMounts: [
      ...volumesOf(component).map(({ volume, folder }) => ({
        name: volume,
        mountPath: folder,
        readOnly: true,
      })),
      ...writes.map((folder) => ({ name: volumeOf(folder), mountPath: folder })),
    ],
  };
}

/** The folders of configuration, each a ConfigMap named by its content, so that a change makes a new pod. */
function volumesOf({ name, files }: Component) {
  return Object.entries(files).map(([folder, content]) => ({
    folder,
    files: content,
    volume: volumeOf(folder),
    config: `${name}-${volumeOf(folder)}-${hashOf(content)}`,
  }));
}

/** A volume's name: its folder's last part. */
const volumeOf = (folder: string) => folder.slice(folder.lastIndexOf('/') + 1);
