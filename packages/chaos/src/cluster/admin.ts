import { sumOf } from '@hotpath/telemetry';
import { type Forward, forward } from './forward.ts';
import { type Pod, podsOf } from './pods.ts';

/** What befalls a process's calls, as /faults of its admin port takes it (docs/chaos.md); it heals by itself after `ttlMs`. */
export type PodFault = {
  readonly rpc: string;
  readonly delayMs?: number;
  readonly abortCode?: string;
  readonly ttlMs: number;
};

/** The sum of a metric over all ready pods of a workload. */
export async function metricOf(workload: string, name: string, labels?: Readonly<Record<string, string>>) {
  const each = await metricsOf(await podsOf(workload), name, labels);
  return each.reduce((sum, value) => sum + value, 0);
}

/** A metric of each pod. */
export function metricsOf(
  pods: readonly Pod[],
  name: string,
  labels?: Readonly<Record<string, string>>,
): Promise<readonly number[]> {
  return Promise.all(
    pods.map((pod) =>
      atAdmin(pod, async ({ address }) => {
        const text = await (await fetch(`http://${address}/metrics`)).text();
        return sumOf(text, name, labels) ?? 0;
      }),
    ),
  );
}

/** Lets a fault befall the calls that come to each pod. @throws Error where faults are not switched on there */
export async function setFaults(pods: readonly Pod[], fault: PodFault): Promise<void> {
  await atFaults(pods, {
    method: 'PUT',
    body: JSON.stringify(fault),
    headers: { 'content-type': 'application/json' },
  });
}

/** Heals all faults of each pod. */
export async function healFaults(pods: readonly Pod[]): Promise<void> {
  await atFaults(pods, { method: 'DELETE' });
}

async function atFaults(pods: readonly Pod[], init: RequestInit): Promise<void> {
  await Promise.all(
    pods.map((pod) =>
      atAdmin(pod, async ({ address }) => {
        const answer = await fetch(`http://${address}/faults`, init);
        if (!answer.ok)
          throw new Error(`${pod.name}: /faults answers ${answer.status} ${await answer.text()}`);
      }),
    ),
  );
}

async function atAdmin<T>(pod: Pod, work: (admin: Forward) => Promise<T>): Promise<T> {
  const admin = await forward(`pod/${pod.name}`, pod.adminPort);
  try {
    return await work(admin);
  } finally {
    await admin.stop();
  }
}
