import { setTimeout as sleep } from 'node:timers/promises';
import { PricingService } from '@hotpath/contracts';
import { createClient, openChannel } from '@hotpath/rpc';
import { shutdownWithWatches as cluster } from '../cluster/shutdown-with-watches.ts';
import { look, migrated, msUntil, startServer } from '../databases.ts';
import { steadily } from '../load.ts';
import { atLeast, atMost, type Scenario } from '../scenario.ts';
import { compare, type Told, watch } from '../watches.ts';

const WATCHES = 100;
const PRODUCTS = 5;
const GRACE_MS = 3_000;

/** A watch outlives the process that serves it. */
export const shutdownWithWatches: Scenario = {
  number: 8,
  name: `shutdown with ${WATCHES} open watches`,
  where: ['local', 'cluster'],
  needs: 'postgres',
  fast: true,
  given: `two processes of pricing on one database; ${WATCHES} watches of ${PRODUCTS} prices, all at the first`,
  load: '50 price changes/s, at the second',
  fault: 'SIGTERM to the first',
  holds: `it exits by 0 within its grace of ${GRACE_MS / 1000} s; each watch misses no change and sees none twice`,
  defence: 'watches are ended by the drain, and resume after their last change; without: they begin anew',
  cluster,
  async run(trial) {
    const server = await startServer(trial);
    const env = { DATABASE_URL: await migrated(server, 'pricing'), DRAIN_GRACE_MS: String(GRACE_MS) };
    const first = await trial.start('pricing', env);
    const second = await trial.start('pricing', env);
    const connect = (address: string) => {
      const channel = openChannel(address);
      trial.onClose(() => channel.close());
      return createClient(PricingService, channel);
    };
    const clients = [connect(first.address), connect(second.address)] as const;

    const left = new AbortController();
    const watches = Array.from({ length: WATCHES }, (_, number) =>
      watch(clients, { productId: productOf(number), resumes: trial.defended, signal: left.signal }),
    );
    await Promise.all(watches.map(({ began }) => began));
    trial.phase('healthy');
    const changes = steadily(50, async (id) => {
      const number = Number(id.split('-')[1]);
      const price = { minorUnits: BigInt(10_000 + number), currency: 'INR' };
      await clients[1].setPrice({ requestId: id, productId: productOf(number), price });
      return 'OK';
    });
    await sleep(1_000);
    trial.phase('fault');
    const { code, ms } = await first.stop();
    trial.phase('healed');
    await sleep(1_000);
    const outcomes = await changes.stop();

    const db = await look(trial, env.DATABASE_URL);
    const told = await db.query<Told>(
      `select product_id as "productId", sequence from events where currency = 'INR' order by sequence`,
    );
    await msUntil(2_000, async () => watches.every(({ seesAll }) => seesAll(told)));
    left.abort();
    const { missing, twice, broken } = compare(watches, told);
    return [
      atMost('changes missed', missing, 0, `of ${WATCHES * (told.length / PRODUCTS)}`),
      atMost('changes seen twice', twice, 0),
      atMost('exit after', ms, GRACE_MS, 'ms'),
      atMost('exit code', code ?? -1, 0),
      atMost('changes refused', outcomes.filter(({ result }) => result !== 'OK').length, 0),
      atLeast('watches that were broken', broken, WATCHES),
    ];
  },
};

const productOf = (number: number) => BigInt((number % PRODUCTS) + 1);
