import { setTimeout as sleep } from 'node:timers/promises';
import { kubectl } from './kubectl.ts';

/** A pod of the shop. */
export type Pod = {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly ip: string;
  /** The id of its process's container; each start has another. */
  readonly container: string;
  readonly image: string;
  /** Where its process has /metrics and /faults; 0 where it has no such port. */
  readonly adminPort: number;
  /** Whether Linkerd's proxy stands before it. */
  readonly meshed: boolean;
};

type RawContainer = {
  readonly name: string;
  readonly image: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
};

type RawPod = {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: {
    readonly nodeName: string;
    readonly containers: readonly RawContainer[];
    readonly initContainers?: readonly RawContainer[];
  };
  readonly status: {
    readonly podIP: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly RawStatus[];
  };
};

type RawStatus = {
  readonly name: string;
  readonly containerID?: string;
  readonly restartCount: number;
  readonly lastState?: { readonly terminated?: { readonly exitCode: number; readonly finishedAt: string } };
};

/** The ready pods of a workload, without those that are about to end. */
export async function podsOf(workload: string): Promise<readonly Pod[]> {
  return (await list(workload)).filter(isReady).map((pod) => read(pod, workload));
}

/** How often a pod's process has been started anew, and how it ended the last time. */
export async function endOf(workload: string, name: string) {
  const pod = (await list(workload)).find(({ metadata }) => metadata.name === name);
  const own = pod && statusOf(pod, workload);
  const { exitCode, finishedAt } = own?.lastState?.terminated ?? {};
  return {
    restarts: own?.restartCount ?? 0,
    ready: pod !== undefined && isReady(pod),
    exitCode,
    endedAt: finishedAt === undefined ? undefined : Date.parse(finishedAt),
  };
}

/**
 * Waits until a pod's process has been started anew and is ready.
 * @param before how often it had been started anew before
 * @throws Error after a minute and a half
 */
export async function startedAnew(workload: string, name: string, before: number) {
  for (const until = Date.now() + 90_000; ; await sleep(200)) {
    const end = await endOf(workload, name);
    if (end.restarts > before && end.ready) return end;
    if (Date.now() > until) throw new Error(`${name} has no new process that is ready`);
  }
}

/** Waits until so many pods of a workload are ready. @throws Error after two minutes */
export async function untilReady(workload: string, count: number): Promise<readonly Pod[]> {
  for (const until = Date.now() + 120_000; ; await sleep(200)) {
    const pods = await podsOf(workload);
    if (pods.length >= count) return pods;
    if (Date.now() > until) throw new Error(`${workload} has ${pods.length} ready pods and not ${count}`);
  }
}

/** Waits until no pod of a workload is about to end: until then its callers may call it still. @throws Error after two minutes */
export async function untilOthersGone(workload: string): Promise<void> {
  for (const until = Date.now() + 120_000; ; await sleep(200)) {
    const ending = (await list(workload)).filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
    if (ending.length === 0) return;
    if (Date.now() > until) throw new Error(`${ending.length} pods of ${workload} do not end`);
  }
}

async function list(workload: string): Promise<readonly RawPod[]> {
  const selector = `--selector=app.kubernetes.io/name=${workload}`;
  return JSON.parse(await kubectl(['get', 'pods', selector, '--output=json'])).items;
}

function isReady({ metadata, status }: RawPod): boolean {
  const ready = status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  return ready === true && metadata.deletionTimestamp === undefined;
}

const statusOf = ({ status }: RawPod, workload: string) =>
  status.containerStatuses?.find(({ name }) => name === workload);

function read(pod: RawPod, workload: string): Pod {
  const { metadata, spec, status } = pod;
  const own = spec.containers.find(({ name }) => name === workload);
  return {
    name: metadata.name,
    uid: metadata.uid,
    node: spec.nodeName,
    ip: status.podIP,
    container: statusOf(pod, workload)?.containerID?.replace(/^.*:\/\//, '') ?? '',
    image: own?.image ?? '',
    adminPort: own?.ports?.find(({ name }) => name === 'admin')?.containerPort ?? 0,
    meshed: [...spec.containers, ...(spec.initContainers ?? [])].some(({ name }) => name === 'linkerd-proxy'),
  };
}
