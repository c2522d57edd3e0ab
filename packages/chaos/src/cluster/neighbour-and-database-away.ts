import { msUntil } from '../databases.ts';
import { count, ofAll, sendFor, steadily } from '../load.ts';
import { atLeast, atMost, type Check, type ClusterTrial, type InCluster } from '../scenario.ts';
import { rolledOut, without } from './change.ts';
import { forward } from './forward.ts';
import { ask, proveHealthy } from './http.ts';
import { kubectl } from './kubectl.ts';
import { endOf, type Pod, podsOf, untilReady } from './pods.ts';
import { REPLICAS, type Shop } from './shop.ts';

const MOST_MS = 60_000;
/** What kubectl, and Kubernetes' own rounds of probes, add to a time, ms. */
const SLACK_MS = 1_000;

/** Ways in which the packets of a pod to PostgreSQL can go astray. */
const losses: Readonly<Record<string, string>> = {
  'its connections are cut': 'REJECT --reject-with tcp-reset',
  'they fall silent': 'DROP',
};

/** Which packets these are: the process's own, to the Service, or with Linkerd those of its proxy, to the other's. */
async function toPostgres({ meshed }: Shop): Promise<string> {
  if (!meshed) return '--dport 5432';
  const [postgres] = await podsOf('postgres');
  if (!postgres) throw new Error('PostgreSQL has no pod that is ready');
  return `--destination ${postgres.ip}`;
}

/** Scenario 16 on the shop. */
export const neighbourAndDatabaseAway: InCluster = {
  shown:
    'no pod of pricing while those of inventory start; later, in the network namespace of one pod of pricing, packets to ' +
    'PostgreSQL are refused, then dropped',
  async run(trial) {
    await without(trial, 'database-health', ['pricing']);
    trial.phase('healthy');
    await proveHealthy(page, 'whole');

    trial.phase('fault');
    const checks = await startAlone(trial);
    const [victim] = await untilReady('pricing', REPLICAS);
    const [neighbour] = await podsOf('inventory');
    if (!victim || !neighbour) throw new Error('pricing or inventory has no pod that is ready');
    await trial.shop.helper.prepare(victim);
    const inventory = steadily(10, await readiness(trial, neighbour));
    const ready = await readiness(trial, victim);
    const is = (state: string) => async () => (await ready().catch(String)) === state;
    const packets = await toPostgres(trial.shop);
    for (const [what, end] of Object.entries(losses)) {
      trial.phase('fault');
      const rules = [`OUTPUT --protocol tcp ${packets} --jump ${end}`];
      const wound = await trial.shop.helper.filter(victim, rules, 60);
      trial.onClose(wound.heal);
      checks.push(
        atMost(`not ready after ${what}`, await msUntil(MOST_MS / 4, is('503')), 1_000 + SLACK_MS, 'ms'),
      );
      const known = (ready: boolean) => async () => (await endOf('pricing', victim.name)).ready === ready;
      // Two probes in a row, 2 s apart and 2 s long.
      checks.push(
        atMost('Kubernetes knows it after', await msUntil(MOST_MS / 4, known(false)), 8_000 + SLACK_MS, 'ms'),
      );
      await wound.heal();
      trial.phase('healed');
      checks.push(
        atMost(`ready again after ${what}`, await msUntil(MOST_MS / 2, is('200')), 2_000 + SLACK_MS, 'ms'),
      );
      await msUntil(MOST_MS, known(true));
    }
    const probes = await inventory.stop();
    return [
      ...checks,
      atMost('inventory not ready', probes.length - count(probes, '200'), 0, `of ${probes.length} checks`),
    ];
  },
};

/** Starts inventory while there is no pricing. */
async function startAlone(trial: ClusterTrial): Promise<Check[]> {
  const scale = (replicas: number) => kubectl(['scale', 'deployment/pricing', `--replicas=${replicas}`]);
  trial.onClose(async () => void (await scale(REPLICAS)));
  await scale(0);
  await kubectl([
    'wait',
    'pods',
    '--selector=app.kubernetes.io/name=pricing',
    '--for=delete',
    '--timeout=90s',
  ]);
  await kubectl(['delete', 'pods', '--selector=app.kubernetes.io/name=inventory']);
  const started = await msUntil(MOST_MS, async () => (await podsOf('inventory')).length === 2);
  const alone = started === MOST_MS ? 0 : 2;
  const pages = await sendFor(2_000, 10, page);
  // Linkerd's proxy looks for a pod for some seconds first, longer than a page has time.
  const refused = trial.shop.meshed ? ['503', '504'] : ['503'];
  await scale(REPLICAS);
  await rolledOut('pricing');
  // Clients that asked for its name before it had a pod ask again when the cluster's DNS has forgotten that.
  const wholeMs = await msUntil(MOST_MS, async () => (await page().catch(String)) === 'whole');
  return [
    atLeast('pods of inventory that are ready without pricing', alone, 2),
    atMost(
      'pages meanwhile that are not refused',
      pages.filter(({ result }) => !refused.includes(result)).length,
      0,
      ofAll(pages, '503'),
    ),
    atMost('a page has its prices after pricing has come', wholeMs, 45_000, 'ms'),
  ];
}

async function page(): Promise<string> {
  const { status, body } = await ask('/api/products?pageSize=10');
  const items = (body.items ?? []) as readonly { readonly price?: number }[];
  if (status !== 200 || items.length !== 10) return String(status);
  return items.every(({ price }) => price !== undefined) ? 'whole' : 'without prices';
}

/** Asks a pod whether it is ready, as Kubernetes does. */
async function readiness(trial: ClusterTrial, pod: Pod): Promise<() => Promise<string>> {
  const { address, stop } = await forward(`pod/${pod.name}`, pod.adminPort);
  trial.onClose(stop);
  return async () => {
    const response = await fetch(`http://${address}/readyz`);
    await response.arrayBuffer();
    return String(response.status);
  };
}
