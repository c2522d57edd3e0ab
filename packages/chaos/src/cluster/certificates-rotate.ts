import { setTimeout as sleep } from 'node:timers/promises';
import { count, ofAll, steadily } from '../load.ts';
import { atLeast, atMost, type InCluster } from '../scenario.ts';
import { restart } from './change.ts';
import { askPrice, proveHealthy } from './http.ts';
import { kubectl } from './kubectl.ts';
import { podsOf } from './pods.ts';
import { REPLICAS, spread, workloads } from './shop.ts';

const linkerd = 'linkerd';

/** Scenario 20 on the shop: what Linkerd's control plane is needed for, and what not. */
export const certificatesRotate: InCluster = {
  shown:
    "Linkerd's control plane has no pod for a minute, ten with --all; when it is back all pods of the shop are replaced, so " +
    'that each proxy gets a new certificate',
  alwaysDefended: 'proxies keep what they know and their certificates',
  async run(trial) {
    const price = askPrice(2_000);
    trial.phase('healthy');
    await proveHealthy(price);
    await spread(trial.shop);
    const before = new Set((await Promise.all(workloads.map(podsOf))).flat().map(({ name }) => name));

    const load = steadily(20, price);
    trial.phase('fault');
    const { items } = JSON.parse(
      await kubectl(['--namespace', linkerd, 'get', 'deployments', '--output=json']),
    );
    const parts = (items as readonly Part[]).map(({ metadata, spec }) => {
      const scale = (replicas: number) => [
        '--namespace',
        linkerd,
        'scale',
        `deployment/${metadata.name}`,
        `--replicas=${replicas}`,
      ];
      const putBack = scale(spec.replicas);
      const undone = trial.undoIfKilled(['kubectl', ...putBack]);
      return {
        name: metadata.name,
        leave: () => kubectl(scale(0)),
        async comeBack() {
          await kubectl(putBack);
          undone();
        },
      };
    });
    const back = () => Promise.all(parts.map(({ comeBack }) => comeBack()));
    trial.onClose(async () => void (await back()));
    await Promise.all(parts.map(({ leave }) => leave()));
    await sleep(trial.thorough ? 600_000 : 60_000);
    await back();
    for (const { name } of parts) {
      await kubectl(['--namespace', linkerd, 'rollout', 'status', `deployment/${name}`, '--timeout=300s']);
    }
    trial.phase('healed');
    // A pod that is made before the injector is heard of again has no proxy.
    await sleep(5_000);
    for (const workload of workloads) {
      await restart(workload);
    }
    await sleep(5_000);
    const outcomes = await load.stop();
    const pods = (await Promise.all(workloads.map(podsOf))).flat();
    const renewed = pods.filter(({ name, meshed }) => meshed && !before.has(name));
    return [
      atMost('requests lost', outcomes.length - count(outcomes, '200'), 0, ofAll(outcomes, '200')),
      atMost('pods without a new proxy', pods.length - renewed.length, 0, `of ${pods.length}`),
      atLeast('parts of the control plane that were away', parts.length, REPLICAS),
    ];
  },
};

type Part = { readonly metadata: { readonly name: string }; readonly spec: { readonly replicas: number } };
