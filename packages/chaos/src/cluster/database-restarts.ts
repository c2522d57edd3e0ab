import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { backOff } from '@hotpath/rpc';
import { count, ofAll, steadily } from '../load.ts';
import { atLeast, atMost, type InCluster } from '../scenario.ts';
import { signIn } from '../shop-visitor.ts';
import { ask, askNothing, proveHealthy } from './http.ts';
import { kubectl } from './kubectl.ts';
import { podsOf, untilReady } from './pods.ts';
import { query } from './sql.ts';

const PER_SECOND = 5;
const FIRST = 9_600;
/** Callers wait for 1.6 s at most before they try again, so that how soon all is well again is not up to them. */
const LONGEST_PAUSE = 5;
/** Statuses that leave open whether it was done, or say that there is no room for now. */
const retried = ['500', '503', '504', '409'];

/** Scenario 21 on the shop. */
export const databaseRestarts: InCluster = {
  shown:
    'the shop as it is, reservations by REST: every third caller does not hear its first answer; PostgreSQL is stopped by SIGSTOP, killed, and its pod replaced',
  async run(trial) {
    const acknowledged = new Set<string>();
    let repeats = 0;
    const stopped = new AbortController();
    trial.onClose(() => stopped.abort());
    const authorization = `Bearer ${await signIn(ask, 'vip')}`;
    const run = randomUUID();

    const reserve = async (id: string): Promise<string> => {
      const number = Number(id.split('-')[1]);
      const body = { productId: String(FIRST + (number % 300)), quantity: 1 };
      for (let attempt = 0; ; attempt++) {
        const headers = {
          authorization,
          'idempotency-key': trial.defended ? `${run}-${id}` : randomUUID(),
          'x-request-timeout-ms': '1500',
        };
        const answer = await ask('/api/reservations', { method: 'POST', body, headers });
        // Every third caller does not hear its first answer, whatever that is.
        if (attempt === 0 && number % 3 === 0) {
          repeats++;
          continue;
        }
        if (answer.status === 201) {
          acknowledged.add(String(answer.body.reservationId));
          return 'OK';
        }
        const status = String(answer.status);
        if (!retried.includes(status)) return `${status} ${answer.body.code}`;
        repeats++;
        await backOff(Math.min(attempt + 1, LONGEST_PAUSE), stopped.signal);
      }
    };
    trial.phase('healthy');
    await proveHealthy(async () => String((await ask('/api/products?pageSize=10')).status));
    const [database] = await podsOf('postgres');
    if (!database) throw new Error('PostgreSQL is not ready');
    await trial.shop.helper.prepare(database);
    const [startedAt = ''] = await query('inventory', 'select now()');
    const load = steadily(PER_SECOND, reserve);
    await sleep(2_000);
    trial.phase('fault');
    // Stopped, it cannot end in good order when it is told to, and is killed a second later. Its pod is replaced and not
    // started anew: for that Kubernetes would wait longer each time.
    const wound = await trial.shop.helper.stop(database, 60);
    trial.onClose(wound.heal);
    await kubectl(['delete', 'pod', database.name, '--grace-period=1', '--wait=false']);
    // Its Service leads to it from then on.
    await untilReady('postgres', 1);
    await wound.heal();
    const backAt = performance.now();
    const control = steadily(10, askNothing);
    trial.phase('healed');
    await sleep(5_000);
    const outcomes = await load.stop();
    const late = Math.max(...(await control.stop()).map(({ ms }) => ms));
    const waits = outcomes.map(({ dueAt, ms }) => dueAt + ms - Math.max(dueAt, backAt));

    const stored = new Set(
      await query(
        'inventory',
        `select reservation_id from reservations where created_at >= '${startedAt}' and product_id >= ${FIRST}`,
      ),
    );
    const log = await kubectl(['logs', database.name]);
    return [
      atMost(
        'acknowledged reservations lost',
        [...acknowledged].filter((id) => !stored.has(id)).length,
        0,
        `of ${acknowledged.size}`,
      ),
      atMost('reservations beyond one a request', Math.max(0, stored.size - outcomes.length), 0),
      atMost('longest wait with the database back, less the control', Math.max(...waits) - late, 5_000, 'ms'),
      atMost('requests that failed', outcomes.length - count(outcomes, 'OK'), 0, ofAll(outcomes, 'OK')),
      atLeast('attempts that were repeated', repeats, 1),
      atLeast(
        'crashes that PostgreSQL found when it started',
        log.split('was not properly shut down').length - 1,
        1,
      ),
    ];
  },
};
