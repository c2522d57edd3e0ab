import type { Container, EnvVar, PodSpec, Probe, SecurityContext } from 'kubernetes-types/core/v1.d.ts';
import { databaseOf, times, type Workload } from './catalogue.ts';
import { tlsSecretOf } from './certificates.ts';
import type { Environment } from './environments.ts';
import { named } from './kube.ts';
import { tlsFolder, tracesConfig } from './settings.ts';

/** The user that images run as. */
const uid = 65_532;

/** What PodSecurity `restricted` asks of each container, and a root file system that nothing can write to. */
export const restricted: SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** What it asks of a pod. */
export const restrictedPod = (user: number): PodSpec['securityContext'] => ({
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: user,
  fsGroup: user,
  seccompProfile: { type: 'RuntimeDefault' },
});

/** The pod of a workload: the service, before it what migrates its database. */
export function podOf(workload: Workload, environment: Environment, config: string): PodSpec {
  const { name } = workload;
  const mtls = environment.transport === 'mtls';
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    // Or Kubernetes would set PRICING_PORT and the like, which are settings of ours, to something else.
    enableServiceLinks: false,
    securityContext: restrictedPod(uid),
    terminationGracePeriodSeconds: times.preStop + times.drain + times.margin,
    topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(
      (topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        // A full or drained node must not stop a rollout.
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: named(name) },
        matchLabelKeys: ['pod-template-hash'], // each rollout's pods among themselves
      }),
    ),
    ...(workload.database && { initContainers: [migration(workload, environment, config)] }),
    containers: [service(workload, environment, config)],
    ...(mtls && {
      volumes: [{ name: 'tls', secret: { secretName: tlsSecretOf(name), defaultMode: 0o440 } }],
    }),
  };
}

function service(workload: Workload, environment: Environment, config: string): Container {
  const { name, port, adminPort } = workload;
  return {
    ...common(workload, environment, config),
    name,
    // Traces come and go with their collector, which is not the shop's: docs/adr/0010-observability.md.
    envFrom: [...settings(config), { configMapRef: { name: tracesConfig, optional: true } }],
    ports: [
      { name: port.name, containerPort: port.number },
      { name: 'admin', containerPort: adminPort },
    ],
    ...(workload.database && { env: [databaseUrl(databaseOf(name).secret)] }),
    // Alive is who answers at all; what a restart would not mend, such as a lost database, only keeps calls away.
    startupProbe: { ...probe('/livez'), periodSeconds: 1, failureThreshold: 60 },
    livenessProbe: { ...probe('/livez'), periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 },
    readinessProbe: { ...probe('/readyz'), periodSeconds: 2, failureThreshold: 2, timeoutSeconds: 2 },
    // Until all have heard that the pod leaves; only then SIGTERM, and with it the drain.
    lifecycle: { preStop: { sleep: { seconds: times.preStop } } },
    ...(environment.transport === 'mtls' && {
      volumeMounts: [{ name: 'tls', mountPath: tlsFolder, readOnly: true }],
    }),
  };
}

/**
 * Brings the database's schema up to date before the service starts. Pods that start at once wait for each other by
 * a lock in the database. Linkerd puts its proxy, as a native sidecar, before this one: it needs the network.
 */
function migration(workload: Workload, environment: Environment, config: string): Container {
  const { ownerSecret, role } = databaseOf(workload.name);
  return {
    ...common(workload, environment, config),
    name: 'migrate',
    command: ['node', `services/${workload.name}/src/migrate.ts`],
    env: [databaseUrl(ownerSecret), { name: 'DATABASE_RUN_ROLE', value: role }],
  };
}

function common(
  { name, resources }: Workload,
  environment: Environment,
  config: string,
): Omit<Container, 'name'> {
  const { requestShare } = environment;
  return {
    image: environment.image(name),
    imagePullPolicy: 'IfNotPresent',
    securityContext: restricted,
    resources: {
      requests: {
        cpu: `${Math.ceil(resources.cpuMillis * requestShare)}m`,
        memory: `${resources.memoryMi * requestShare}Mi`,
      },
      // As much processor as one thread of JavaScript and V8's helpers can use: a lower limit would stop them in the
      // middle of calls that have deadlines.
      limits: { cpu: '2', memory: `${resources.memoryMi}Mi` },
    },
    envFrom: settings(config),
  };
}

const settings = (config: string) => [{ configMapRef: { name: config } }];

const databaseUrl = (secret: string): EnvVar => ({
  name: 'DATABASE_URL',
  valueFrom: { secretKeyRef: { name: secret, key: 'url' } },
});

const probe = (path: string): Probe => ({ httpGet: { path, port: 'admin' } });
