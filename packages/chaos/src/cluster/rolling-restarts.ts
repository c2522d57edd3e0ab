import { setTimeout as sleep } from 'node:timers/promises';
import { count, ofAll, steadily } from '../load.ts';
import { atLeast, atMost, type InCluster } from '../scenario.ts';
import { visit } from '../shop-visitor.ts';
import { change, restart } from './change.ts';
import { ask, proveHealthy } from './http.ts';
import { workloads } from './shop.ts';
import { query } from './sql.ts';

/** Products of the catalogue's end, which nobody else reserves. */
const FIRST = 9_400;

/**
 * How long a node remembers that a port of a client leads to a pod that is gone, ms (nf_conntrack_tcp_timeout_syn_sent): a
 * new connection from that port goes there, too, and is lost.
 */
const NODE_FORGETS_MS = 120_000;

/** Scenario 6 on the shop. */
export const rollingRestarts: InCluster = {
  shown: 'the shop as it is: kubectl rollout restart of one Deployment after the other, once without --all',
  async run(trial) {
    if (!trial.defended) {
      trial.onClose(() => sleep(NODE_FORGETS_MS));
      await change(trial, 'gateway', { env: { DRAIN_GRACE_MS: '0' }, withoutPreStop: true });
    }
    const shop = visit(ask, trial.defended, (number) => FIRST + (number % 500));
    trial.phase('healthy');
    await proveHealthy(shop.page, 'OK');
    const [startedAt = ''] = await query('inventory', 'select now()');

    const pages = steadily(10, shop.page);
    const reservations = steadily(3, shop.reserve);
    trial.phase('fault');
    for (let round = 0; round < (trial.thorough ? 20 : 1); round++) {
      for (const workload of trial.defended ? workloads : ['gateway']) {
        await restart(workload);
      }
    }
    // The last of the old pods end.
    await sleep(10_000);
    trial.phase('healed');
    const reserved = await reservations.stop();
    const outcomes = [...(await pages.stop()), ...reserved];
    // New processes take processor time from all others as they start: on a small cluster that is a request's whole budget.
    const inTime = outcomes.filter(({ result }) => !result.startsWith('504 '));
    const stored = new Set(
      await query(
        'inventory',
        `select reservation_id from reservations where created_at >= '${startedAt}' and product_id >= ${FIRST}`,
      ),
    );
    return [
      atMost('requests lost', inTime.length - count(inTime, 'OK'), 0, ofAll(inTime, 'OK')),
      atMost('requests that had too little time', (1 - inTime.length / outcomes.length) * 100, 10, '%'),
      atMost(
        'reservations beyond one a request',
        Math.max(0, stored.size - reserved.length),
        0,
        `of ${stored.size}`,
      ),
      atMost('acknowledged, but not there', shop.acknowledged.filter((id) => !stored.has(id)).length, 0),
      atLeast('reservations', stored.size, 50),
    ];
  },
};
