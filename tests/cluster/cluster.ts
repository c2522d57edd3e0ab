import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { run } from '../../scripts/programs.ts';

/** The namespace of the shop. */
export const namespace = 'hotpath';

/** The gateway, by the port of the cluster's first node (kind-config.yaml). */
export const gateway = 'http://127.0.0.1:8080';

/** Runs kubectl in the shop's namespace. @returns what it prints */
export function kubectl(...args: string[]): Promise<string> {
  return run('kubectl', ['--namespace', namespace, ...args], { capture: true });
}

/** A pod as the tests need it. */
export type Pod = {
  readonly name: string;
  readonly node: string;
  readonly ip: string;
  readonly container: string;
};

/** The ready pods of a workload, without those that are about to end. */
export async function podsOf(workload: string): Promise<readonly Pod[]> {
  const selector = `--selector=app.kubernetes.io/name=${workload}`;
  const { items } = JSON.parse(await kubectl('get', 'pods', selector, '--output=json'));
  return items
    .filter(
      ({ metadata, status }: RawPod) =>
        !metadata.deletionTimestamp &&
        status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
    )
    .map(({ metadata, spec, status }: RawPod) => ({
      name: metadata.name,
      node: spec.nodeName,
      ip: status.podIP,
      container: status.containerStatuses[0]?.containerID.replace('containerd://', '') ?? '',
    }));
}

type RawPod = {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName: string };
  readonly status: {
    readonly podIP: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses: readonly { readonly containerID: string }[];
  };
};

/** Waits until a workload has its replicas, all of the newest version. */
export async function rolledOut(workload: string): Promise<void> {
  await kubectl('rollout', 'status', `deployment/${workload}`, '--timeout=180s');
}

/** Waits until no pod of the shop is about to end any more, and all are ready. */
export async function settled(): Promise<void> {
  await kubectl('rollout', 'status', 'deployment', '--timeout=180s');
  for (;;) {
    const { items } = JSON.parse(await kubectl('get', 'pods', '--output=json'));
    if (!items.some(({ metadata }: RawPod) => metadata.deletionTimestamp)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** A port of a pod or Service on this machine. */
export type Forward = { readonly address: string; stop(): Promise<void> };

/** Forwards a free local port to `pod/NAME` or `service/NAME`, of the shop unless another namespace is told. */
export async function forward(target: string, port: number, inNamespace = namespace): Promise<Forward> {
  const args = ['--namespace', inNamespace, 'port-forward', target, `:${port}`];
  const child: ChildProcess = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close').then(() => {
    throw new Error(`kubectl ${args.join(' ')} ended`);
  });
  ended.catch(() => {}); // when it is stopped
  if (!child.stdout) throw new Error('kubectl has no standard output');
  const lines = createInterface({ input: child.stdout });
  const first = once(lines, 'line').then(([line]) => String(line));
  const [, address] = /Forwarding from (127\.0\.0\.1:\d+)/.exec(await Promise.race([first, ended])) ?? [];
  if (!address) throw new Error(`kubectl ${args.join(' ')} names no port`);
  return {
    address,
    async stop() {
      child.kill('SIGTERM');
      await ended.catch(() => {});
    },
  };
}
