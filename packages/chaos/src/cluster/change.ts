import type { Defence } from '@hotpath/rpc';
import type { Trial } from '../trial.ts';
import { kubectl, namespace } from './kubectl.ts';
import { untilOthersGone } from './pods.ts';

/** What is changed of a workload. */
export type Change = {
  readonly replicas?: number;
  /** Settings of its process, besides those that it has. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether its pods end at once when they are told to, instead of some seconds later. */
  readonly withoutPreStop?: true;
};

/** Who puts back what is changed: at its end, or when it is killed. */
export type Owner = Pick<Trial, 'onClose' | 'undoIfKilled'>;

/** Changes a Deployment of the shop and waits until its pods are those of the change, and no others. It is put back in the end. */
export async function change(owner: Pick<Owner, 'onClose'>, workload: string, wanted: Change): Promise<void> {
  const { replicas, env = {}, withoutPreStop } = wanted;
  const back = await putBack(workload);
  owner.onClose(async () => {
    await kubectl(back);
    await rolledOut(workload);
  });
  const container = {
    name: workload,
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    ...(withoutPreStop && { lifecycle: { preStop: null } }),
  };
  const patch = {
    spec: { ...(replicas && { replicas }), template: { spec: { containers: [container] } } },
  };
  await kubectl(['patch', 'deployment', workload, '--patch', JSON.stringify(patch)]);
  await rolledOut(workload);
  await untilOthersGone(workload);
}

/** How kubectl puts back what is changed of a Deployment from now on. */
export async function putBack(workload: string): Promise<readonly string[]> {
  const { spec } = JSON.parse(await kubectl(['get', 'deployment', workload, '--output=json']));
  const patch = [
    { op: 'replace', path: '/spec/replicas', value: spec.replicas },
    { op: 'replace', path: '/spec/template', value: spec.template },
  ];
  const args = ['patch', 'deployment', workload, '--type=json', '--patch', JSON.stringify(patch)];
  return ['--namespace', namespace, ...args];
}

/** Where the trial does without its defence: restarts workloads without one of the kit. */
export async function without(
  trial: Pick<Trial, 'onClose' | 'defended'>,
  defence: Defence,
  workloads: readonly string[],
): Promise<void> {
  if (trial.defended) return;
  const env = { WITHOUT_DEFENCES: defence };
  await Promise.all(workloads.map((workload) => change(trial, workload, { env })));
}

/** Replaces all pods of a workload, one after the other, and waits until that is done. */
export async function restart(workload: string): Promise<void> {
  await kubectl(['rollout', 'restart', `deployment/${workload}`]);
  await rolledOut(workload);
}

/** Waits until a workload has its replicas, all of the newest version. */
export async function rolledOut(workload: string): Promise<void> {
  await kubectl(['rollout', 'status', `deployment/${workload}`, '--timeout=300s']);
}
