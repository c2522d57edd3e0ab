import { randomUUID } from 'node:crypto';
import { msUntil } from '../databases.ts';
import { atMost, type InCluster } from '../scenario.ts';
import { signIn } from '../shop-visitor.ts';
import { change } from './change.ts';
import { ask } from './http.ts';
import { workloads } from './shop.ts';
import { query } from './sql.ts';
import { CALLS, callAs, FORGED, type Stranger } from './stranger-pod.ts';

const unheard = ['UNAVAILABLE', 'DEADLINE_EXCEEDED'];

const withMtls: readonly Stranger[] = [
  { name: 'no-label', injected: false, by: 'tls', forged: true, codes: unheard },
  { name: 'plaintext', label: 'gateway', injected: false, by: 'plaintext', forged: true, codes: unheard },
  {
    name: 'no-certificate',
    label: 'gateway',
    injected: false,
    by: 'tls',
    forged: false,
    codes: ['UNAUTHENTICATED'],
  },
  {
    name: 'forged-name',
    label: 'gateway',
    injected: false,
    by: 'tls',
    forged: true,
    codes: ['UNAUTHENTICATED'],
  },
];

const withLinkerd: readonly Stranger[] = [
  { name: 'no-label', injected: true, by: 'plaintext', forged: true, codes: unheard },
  {
    name: 'unmeshed',
    label: 'gateway',
    injected: false,
    by: 'plaintext',
    forged: true,
    codes: [...unheard, 'PERMISSION_DENIED'],
  },
  {
    name: 'wrong-account',
    label: 'gateway',
    injected: true,
    by: 'plaintext',
    forged: false,
    codes: ['PERMISSION_DENIED'],
  },
  {
    name: 'forged-name',
    label: 'gateway',
    injected: true,
    by: 'plaintext',
    forged: true,
    codes: ['PERMISSION_DENIED'],
  },
];

/** Scenario 19 on the shop. */
export const strangers: InCluster = {
  shown:
    'pods that are none of the shop try to change a price at pricing: without a label that the network lets through, in ' +
    'plaintext or not meshed, without a certificate or with another account, in a forged name',
  defendedByMesh: 'its policies belong to the manifests',
  async run(trial) {
    if (!trial.defended) {
      const env = { TRANSPORT_SECURITY: 'insecure' };
      await Promise.all(workloads.map((name) => change(trial, name, { env })));
    }
    const authorization = `Bearer ${await signIn(ask, 'merchant')}`;
    let price = Math.floor(Date.now() / 100) % 10_000_000;
    const honest = async () => {
      const body = { price: price++, currency: 'INR' };
      const headers = { authorization, 'idempotency-key': randomUUID() };
      return (await ask('/api/products/9700/price', { method: 'PUT', body, headers })).status === 200;
    };
    trial.phase('healthy');
    if ((await msUntil(60_000, () => honest().catch(() => false))) === 60_000) {
      throw new Error('the gateway is not let in before anything is done');
    }
    const [before = '0'] = await query('pricing', 'select coalesce(max(sequence), 0) from events');

    trial.phase('fault');
    let letIn = 0;
    const otherwise: string[] = [];
    const all = trial.shop.meshed ? withLinkerd : withMtls;
    for (const stranger of all) {
      const answers = await callAs(trial, stranger);
      letIn += answers.filter((code) => code === 'OK').length;
      for (const code of new Set(answers)) {
        if (!stranger.codes.includes(code)) otherwise.push(`${stranger.name}: ${code}`);
      }
    }
    trial.phase('healed');
    const after = await honest();
    const [changed = '0'] = await query(
      'pricing',
      `select count(*) from events where sequence > ${before} and base_minor = ${FORGED}`,
    );
    return [
      atMost('strangers let in', letIn, 0, `of ${CALLS * all.length}`),
      atMost(
        'denied by another code',
        otherwise.length,
        0,
        otherwise.length > 0 ? `(${otherwise.join(', ')})` : '',
      ),
      atMost('prices changed by them', Number(changed), 0),
      atMost('calls of the gateway denied afterwards', after ? 0 : 1, 0),
    ];
  },
};
