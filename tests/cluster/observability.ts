import { setTimeout as sleep } from 'node:timers/promises';
import { componentsFor, observabilities } from '@hotpath/cdk8s';
import { run } from '../../scripts/programs.ts';
import { type Forward, forward, kubectl, settled, namespace as shop } from './cluster.ts';

const found = observabilities.find(({ name }) => name === 'observability-mtls');
if (!found) throw new Error('cdk8s/src/observability has no observability-mtls');
const { name: folder, namespace } = found;

/** The programs by their name, each with what it takes to reach it and its image. */
const components = new Map(componentsFor(shop).map((component) => [component.name, component]));

type Name = ReturnType<typeof componentsFor>[number]['name'];

/** What looks at the shop, deployed. */
export type Observability = AsyncDisposable & {
  /** Why a program does not run: its image is neither on the nodes nor to be had from here. */
  readonly missing: ReadonlyMap<Name, string>;
  /** A program's port on this machine; the same at every call. */
  address(name: Name, port: string): Promise<string>;
};

/**
 * Deploys k8s/observability-mtls, and has the shop's processes begin anew, as those that send spans. Taken away again
 * when it is disposed of.
 * @throws Error where a program is missing that REQUIRE_OBSERVABILITY names
 */
export async function deployObservability(): Promise<Observability> {
  const forwards = new Map<string, Promise<Forward>>();
  const manifests = ['--filename', `k8s/${folder}`];
  const dispose = async () => {
    for (const each of forwards.values()) await (await each).stop();
    await run('kubectl', ['delete', ...manifests, '--ignore-not-found', '--timeout=120s'], { capture: true });
    await restartShop();
  };
  try {
    await run('kubectl', ['apply', ...manifests], { capture: true });
    const states = await Promise.all([...components.keys()].map(stateOf));
    const missing = new Map(states.filter(([, why]) => why !== undefined) as [Name, string][]);
    for (const name of (process.env.REQUIRE_OBSERVABILITY ?? '').split(' ').filter(Boolean)) {
      const why = missing.get(name as Name);
      if (why) throw new Error(`REQUIRE_OBSERVABILITY names ${name}, but ${why}`);
    }
    await restartShop();
    return {
      missing,
      async address(name, port) {
        const number = components.get(name)?.ports.find((one) => one.name === port)?.number;
        if (!number) throw new Error(`${name} has no port ${port}`);
        const key = `${name} ${port}`;
        const opened = forwards.get(key) ?? forward(`service/${name}`, number, namespace);
        forwards.set(key, opened);
        return (await opened).address;
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function restartShop(): Promise<void> {
  await kubectl('rollout', 'restart', 'deployment');
  await settled(); // a pod that leaves still answers, and knows of no change
}

type RawStatus = {
  readonly containerStatuses?: readonly {
    readonly ready: boolean;
    readonly state: { readonly waiting?: { readonly reason?: string } };
  }[];
};

/** Waits until a program works, or until it is known that its image cannot be had. */
async function stateOf(name: Name): Promise<readonly [Name, string | undefined]> {
  const selector = `--selector=app.kubernetes.io/name=${name}`;
  for (let waited = 0; waited < 300; waited++) {
    const answer = await run(
      'kubectl',
      ['--namespace', namespace, 'get', 'pods', selector, '--output=json'],
      {
        capture: true,
      },
    );
    const pods: { status: RawStatus }[] = JSON.parse(answer).items;
    for (const { ready, state } of pods.flatMap(({ status }) => status.containerStatuses ?? [])) {
      if (ready) return [name, undefined];
      if (/ErrImagePull|ImagePullBackOff/.test(state.waiting?.reason ?? '')) {
        return [name, `the cluster has no image ${components.get(name)?.image} and cannot pull it`];
      }
    }
    await sleep(1_000);
  }
  throw new Error(`${name} is not ready after 300 s: kubectl --namespace ${namespace} describe pods`);
}
