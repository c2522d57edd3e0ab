import { kubectl as inNamespace } from '@hotpath/chaos';

export { type Forward, forward, namespace, type Pod, podsOf } from '@hotpath/chaos';

/** The gateway, by the port of the cluster's first node (kind-config.yaml). */
export const gateway = 'http://127.0.0.1:8080';

/** Runs kubectl in the shop's namespace. @returns what it prints */
export const kubectl = (...args: string[]): Promise<string> => inNamespace(args);

/** Waits until a workload has its replicas, all of the newest version. */
export async function rolledOut(workload: string): Promise<void> {
  await kubectl('rollout', 'status', `deployment/${workload}`, '--timeout=180s');
}

/** Waits until no pod of the shop is about to end any more, and all are ready. */
export async function settled(): Promise<void> {
  await kubectl('rollout', 'status', 'deployment', '--timeout=180s');
  for (;;) {
    const { items } = JSON.parse(await kubectl('get', 'pods', '--output=json'));
    if (!items.some(({ metadata }: Item) => metadata.deletionTimestamp)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

type Item = { readonly metadata: { readonly deletionTimestamp?: string } };
