import { setTimeout as sleep } from 'node:timers/promises';
import { PricingService } from '@hotpath/contracts';
import { createClient, openChannel } from '@hotpath/rpc';
import { msUntil } from '../databases.ts';
import { steadily } from '../load.ts';
import { atLeast, atMost, type ClusterTrial, type InCluster } from '../scenario.ts';
import { compare, watch } from '../watches.ts';
import { forward } from './forward.ts';
import { asGateway } from './identity.ts';
import { kubectl } from './kubectl.ts';
import { endOf, type Pod, podsOf, startedAnew } from './pods.ts';
import { query } from './sql.ts';

const WATCHES = 100;
const products = [9_501n, 9_502n, 9_503n, 9_504n, 9_505n];
/** DRAIN_GRACE_MS of the manifests, and what the container's end and Kubernetes' whole seconds take. */
const MOST_MS = 10_000 + 2_000;

/** Scenario 8 on the shop. */
export const shutdownWithWatches: InCluster = {
  shown: `${WATCHES} watches at one pod of pricing, by kubectl port-forward: SIGTERM to its process; they go on at another`,
  async run(trial) {
    const [first, second] = await podsOf('pricing');
    if (!first || !second) throw new Error('pricing has fewer than two ready pods');
    const clients = await Promise.all([connect(trial, first), connect(trial, second)] as const);
    const [before = '0'] = await query('pricing', 'select coalesce(max(sequence), 0) from events');

    const left = new AbortController();
    trial.onClose(() => left.abort());
    const watches = Array.from({ length: WATCHES }, (_, number) =>
      watch(clients, { productId: productOf(number), resumes: trial.defended, signal: left.signal }),
    );
    await Promise.all(watches.map(({ began }) => began));
    trial.phase('healthy');
    // Above those of any run before: to set a price that it has is no change.
    const firstPrice = Math.floor(Date.now() / 10) % 1_000_000_000;
    const changes = steadily(20, async (id) => {
      const number = Number(id.split('-')[1]);
      const price = { minorUnits: BigInt(firstPrice + number), currency: 'INR' };
      await clients[1].setPrice({ requestId: `${firstPrice}-${id}`, productId: productOf(number), price });
      return 'OK';
    });
    await sleep(2_000);
    trial.phase('fault');
    const { restarts } = await endOf('pricing', first.name);
    const termedAt = Date.now();
    await kubectl(['exec', first.name, '--container=pricing', '--', 'sh', '-c', 'kill -TERM 1']);
    const end = await startedAnew('pricing', first.name, restarts);
    trial.phase('healed');
    await sleep(1_000);
    const outcomes = await changes.stop();

    const rows = await query(
      'pricing',
      `select product_id, sequence from events where currency = 'INR' and sequence > ${before} order by sequence`,
    );
    const told = rows.map((row) => {
      const [productId = '', sequence = ''] = row.split('|');
      return { productId: BigInt(productId), sequence: BigInt(sequence) };
    });
    await msUntil(10_000, async () => watches.every(({ seesAll }) => seesAll(told)));
    left.abort();
    const { missing, twice, broken } = compare(watches, told);
    return [
      atMost('changes missed', missing, 0, `of ${(WATCHES * told.length) / products.length}`),
      atMost('changes seen twice', twice, 0),
      atMost('exit after', end.endedAt === undefined ? MOST_MS * 2 : end.endedAt - termedAt, MOST_MS, 'ms'),
      atMost('exit code', end.exitCode ?? -1, 0),
      atMost('changes refused', outcomes.filter(({ result }) => result !== 'OK').length, 0),
      atLeast('watches that were broken', broken, WATCHES),
    ];
  },
};

const productOf = (number: number) => products[number % products.length] ?? 0n;

async function connect(trial: ClusterTrial, pod: Pod) {
  const { address, stop } = await forward(`pod/${pod.name}`, 50_052);
  trial.onClose(stop);
  const channel = openChannel(address, { credentials: await asGateway(trial.shop) });
  trial.onClose(() => channel.close());
  return createClient(PricingService, channel);
}
