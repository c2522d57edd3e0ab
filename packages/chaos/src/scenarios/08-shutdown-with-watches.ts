import { setTimeout as sleep } from 'node:timers/promises';
import { PricingService } from '@hotpath/contracts';
import { type Client, createClient, openChannel } from '@hotpath/rpc';
import { look, migrated, msUntil, startServer } from '../databases.ts';
import { steadily } from '../load.ts';
import { atLeast, atMost, type Scenario } from '../scenario.ts';

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
    const told = await db.query<{ product_id: bigint; sequence: bigint }>(
      "select product_id, sequence from events where currency = 'INR' order by sequence",
    );
    const expected = (productId: bigint) =>
      told.filter((event) => event.product_id === productId).map(({ sequence }) => sequence);
    const newest = ({ productId, seen }: Watch) => seen.at(-1) === expected(productId).at(-1);
    await msUntil(2_000, async () => watches.every(newest));
    left.abort();

    let missing = 0;
    let twice = 0;
    for (const { productId, seen } of watches) {
      const distinct = new Set(seen);
      twice += seen.length - distinct.size;
      missing += expected(productId).filter((sequence) => !distinct.has(sequence)).length;
    }
    return [
      atMost('changes missed', missing, 0, `of ${WATCHES * (told.length / PRODUCTS)}`),
      atMost('changes seen twice', twice, 0),
      atMost('exit after', ms, GRACE_MS, 'ms'),
      atMost('exit code', code ?? -1, 0),
      atMost('changes refused', outcomes.filter(({ result }) => result !== 'OK').length, 0),
      atLeast('watches that were broken', watches.filter(({ broken }) => broken > 0).length, WATCHES),
    ];
  },
};

const productOf = (number: number) => BigInt((number % PRODUCTS) + 1);

type Watch = {
  readonly productId: bigint;
  /** Resolves when the present price has come. */
  readonly began: Promise<void>;
  /** The sequence of each change that came, snapshots left out. */
  readonly seen: bigint[];
  /** How often its stream has broken. */
  broken: number;
};

/** Watches a price at the first process, and at the second when that stream breaks. */
function watch(
  [first, second]: readonly [Client<typeof PricingService>, Client<typeof PricingService>],
  { productId, resumes, signal }: { productId: bigint; resumes: boolean; signal: AbortSignal },
): Watch {
  const began = Promise.withResolvers<void>();
  const own: Watch = { productId, began: began.promise, seen: [], broken: 0 };
  let position = 0n;
  const follow = async () => {
    while (!signal.aborted) {
      const client = own.broken === 0 ? first : second;
      const resumeAfter = resumes ? position : 0n;
      try {
        for await (const { sequence, reason } of client.watchPrice({ productId, resumeAfter }, { signal })) {
          if (reason !== 'snapshot') own.seen.push(sequence);
          position = sequence;
          began.resolve();
        }
      } catch {
        own.broken++;
      }
    }
  };
  void follow();
  return own;
}
