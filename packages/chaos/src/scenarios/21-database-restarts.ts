import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { InventoryService } from '@hotpath/contracts';
import { backOff, Code, codeName, createClient, openChannel, type RpcError } from '@hotpath/rpc';
import { databaseRestarts as cluster } from '../cluster/database-restarts.ts';
import { look, migrated, startServer } from '../databases.ts';
import { count, steadily } from '../load.ts';
import { atLeast, atMost, type Scenario } from '../scenario.ts';

const RESTARTS = 3;
const PER_SECOND = 30;
const PRODUCTS = 20;

/** Codes that leave open whether it was done, or say that there is no room for now. */
const retried: readonly Code[] = [Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.RESOURCE_EXHAUSTED];

/** What was acknowledged stays, and what is repeated is done once. */
export const databaseRestarts: Scenario = {
  number: 21,
  name: 'the database crashes in the middle of writes',
  where: ['local', 'cluster'],
  needs: 'postgres',
  fast: true,
  given: 'two processes of inventory on one database',
  load: `${PER_SECOND} reservations/s, each tried again until it is acknowledged; every third caller gives up soon at first`,
  fault: `PostgreSQL is ended without a checkpoint and started again, ${RESTARTS} times`,
  holds: 'no reservation is doubled, no acknowledged one lost; all succeed 5 s after each return',
  defence:
    'commits are logged before they are acknowledged, and repeats are known by request_id; ' +
    'without: they are acknowledged before, and each attempt has an id of its own',
  cluster,
  async run(trial) {
    const server = await startServer(trial);
    const database = new URL(await migrated(server, 'inventory'));
    const db = await look(trial, database.href);
    await db.query('update stock set available = 1000 where product_id <= $1', [PRODUCTS]);
    if (!trial.defended) database.search = '?options=-c%20synchronous_commit%3Doff';
    const env = { DATABASE_URL: database.href };
    const processes = [await trial.start('inventory', env), await trial.start('inventory', env)];
    const clients = processes.map(({ address }) => {
      const channel = openChannel(address);
      trial.onClose(() => channel.close());
      return createClient(InventoryService, channel);
    });

    const acknowledged = new Set<string>();
    let repeats = 0;
    const stopped = new AbortController();
    trial.onClose(() => stopped.abort());
    /** Reserves for a user of its own, so that the database tells what was done twice for one request. */
    const reserve = async (id: string): Promise<string> => {
      const number = Number(id.split('-')[1]);
      const request = { userId: BigInt(number + 1), productId: BigInt((number % PRODUCTS) + 1), quantity: 1 };
      for (let attempt = 0; ; attempt++) {
        const requestId = trial.defended ? id : randomUUID();
        // Every third caller first gives up after a moment, perhaps when all is done and only the answer is missing.
        const timeoutMs = attempt === 0 && number % 3 === 0 ? 5 + (number % 20) : 1_000;
        try {
          const client = clients[(number + attempt) % clients.length];
          const answer = await client?.reserveStock({ requestId, ...request }, { timeoutMs });
          acknowledged.add(answer?.reservation?.reservationId ?? '');
          return 'OK';
        } catch (error) {
          const { code } = error as RpcError;
          if (!retried.includes(code)) return codeName(code);
        }
        repeats++;
        // As clients should: who comes back at once, with all others, keeps a database busy that has just come back.
        await backOff(attempt + 1, stopped.signal);
      }
    };
    trial.phase('healthy');
    const load = steadily(PER_SECOND, reserve);
    await sleep(1_000);
    const returns: number[] = [];
    for (let restart = 0; restart < RESTARTS; restart++) {
      trial.phase('fault');
      await server.restart('immediate');
      trial.phase('healed');
      returns.push(performance.now());
      await sleep(2_000);
    }
    const outcomes = await load.stop();
    /** How long each had to wait: from the database's return, where that came meanwhile. */
    const waits = outcomes.map(({ dueAt, ms }) => {
      const backAt = returns.find((at) => at > dueAt && at < dueAt + ms);
      return dueAt + ms - (backAt ?? dueAt);
    });

    const doubled = await db.query('select from reservations group by user_id having count(*) > 1');
    const stored = await db.query<{ id: string }>('select reservation_id as id from reservations');
    const kept = new Set(stored.map(({ id }) => id));
    return [
      atMost(
        'acknowledged reservations lost',
        [...acknowledged].filter((id) => !kept.has(id)).length,
        0,
        `of ${acknowledged.size}`,
      ),
      atMost('requests reserved twice', doubled.length, 0),
      atMost('longest wait with the database back', Math.max(...waits), 5_000, 'ms'),
      atMost('requests that failed', outcomes.length - count(outcomes, 'OK'), 0),
      atLeast('attempts that were repeated', repeats, 1),
    ];
  },
};
