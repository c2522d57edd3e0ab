import { run } from '../../scripts/programs.ts';
import { imageOf } from '../../scripts/shop-images.ts';
import { namespace as shop } from './cluster.ts';

/** A pod that does nothing but what it is told by `exec`. */
export type TestPod = AsyncDisposable & {
  readonly name: string;
  /** Runs a program in it. @returns what that prints */
  exec(...command: string[]): Promise<string>;
  /** Runs Node in it on an ES module, which may import what the image has. @returns what that prints */
  node(program: string, ...args: string[]): Promise<string>;
  /** Writes a file, below /tmp. */
  write(file: string, content: Uint8Array): Promise<void>;
};

/** What `startPod` is told. */
export type TestPodInit = {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
};

/**
 * Starts a pod of the gateway's image and waits until it runs. It is never ready, so that whatever its labels, no
 * Service leads to it.
 */
export async function startPod({
  name,
  namespace = shop,
  labels = {},
  serviceAccount,
}: TestPodInit): Promise<TestPod> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: {
      serviceAccountName: serviceAccount ?? 'default',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'test',
          image: imageOf('gateway'),
          imagePullPolicy: 'IfNotPresent',
          command: ['sleep', '3600'],
          readinessProbe: { exec: { command: ['false'] } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
        },
      ],
      volumes: [{ name: 'tmp', emptyDir: {} }],
    },
  };
  const kubectl = (args: readonly string[], input?: string | Uint8Array) =>
    run('kubectl', ['--namespace', namespace, ...args], {
      capture: true,
      ...(input !== undefined && { input }),
    });
  await kubectl(['apply', '--filename', '-'], JSON.stringify(pod));
  await kubectl(['wait', `pod/${name}`, '--for=jsonpath={.status.phase}=Running', '--timeout=60s']);
  return {
    name,
    exec: (...command) => kubectl(['exec', name, '--', ...command]),
    node: (program, ...args) =>
      kubectl(['exec', '--stdin', name, '--', 'node', '--input-type=module', '-', ...args], program),
    async write(file, content) {
      await kubectl(['exec', '--stdin', name, '--', 'sh', '-c', `cat > ${file}`], content);
    },
    async [Symbol.asyncDispose]() {
      await kubectl(['delete', 'pod', name, '--ignore-not-found', '--timeout=60s']);
    },
  };
}
