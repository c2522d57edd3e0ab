import { randomUUID } from 'node:crypto';
import { msUntil } from '../databases.ts';
import { NotTried } from '../not-tried.ts';
import { atMost, type ClusterTrial, type InCluster } from '../scenario.ts';
import { change } from './change.ts';
import { ask } from './http.ts';
import { kubectl } from './kubectl.ts';
import { podsOf } from './pods.ts';
import { workloads } from './shop.ts';
import { query } from './sql.ts';

const CALLS = 10;
const FORGED = 66_600;

/** Who calls from a pod of its own, and the codes by which it may be denied. */
type Stranger = {
  readonly name: string;
  /** The workload whose label it has, by which the network lets it through. */
  readonly label?: string;
  readonly injected: boolean;
  /** How it connects. */
  readonly by: 'plaintext' | 'tls';
  readonly forged: boolean;
  readonly codes: readonly string[];
};

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
  async run(trial) {
    if (!trial.defended) {
      if (trial.shop.meshed)
        throw new NotTried('has its defence always: policies of Linkerd belong to the manifests');
      const env = { TRANSPORT_SECURITY: 'insecure' };
      await Promise.all(workloads.map((name) => change(trial, name, { env })));
    }
    const authorization = await signIn();
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

async function signIn(): Promise<string> {
  const body = { email: 'merchant@demo.test', password: 'hotpath' };
  const { status, body: session } = await ask('/api/sessions', { method: 'POST', body });
  if (status !== 201) throw new Error(`no session: ${status}`);
  return `Bearer ${session.token}`;
}

/** What runs in a stranger's pod, whose image has the kit. */
const program = (by: Stranger['by'], forged: boolean) => `
import { credentials } from '@grpc/grpc-js';
import { PricingService } from '@hotpath/contracts';
import { codeName, createClient, Metadata, openChannel } from '@hotpath/rpc';
const anyone = credentials.createSsl(null, null, null, { rejectUnauthorized: false, checkServerIdentity: () => undefined });
const channel = openChannel('pricing:50052', { credentials: ${by === 'tls' ? 'anyone' : 'credentials.createInsecure()'} });
const client = createClient(PricingService, channel);
const metadata = new Metadata();
if (${forged}) {
  metadata.set('l5d-client-id', 'gateway.hotpath.serviceaccount.identity.linkerd.cluster.local');
  metadata.set('x-forwarded-client-cert', 'URI=spiffe://hotpath.local/gateway');
}
const price = { minorUnits: ${FORGED}n, currency: 'INR' };
const call = () => client.setPrice({ requestId: crypto.randomUUID(), productId: 9701n, price }, { metadata, timeoutMs: 3000 })
  .then(() => 'OK', ({ code }) => codeName(code));
console.log(JSON.stringify(await Promise.all(Array.from({ length: ${CALLS} }, call))));
process.exit();
`;

async function callAs(
  trial: ClusterTrial,
  { name, label, injected, by, forged }: Stranger,
): Promise<readonly string[]> {
  const [gateway] = await podsOf('gateway');
  if (!gateway) throw new Error('no pod of the gateway is ready');
  const pod = `stranger-${name}`;
  const gone = ['delete', 'pod', pod, '--ignore-not-found'];
  const undone = trial.undoIfKilled(['kubectl', '--namespace=hotpath', ...gone, '--wait=false']);
  trial.onClose(async () => {
    await kubectl(gone);
    undone();
  });
  await kubectl(
    ['create', '--filename', '-'],
    JSON.stringify(strangerPod(pod, label, injected, gateway.image)),
  );
  await kubectl(['wait', `pod/${pod}`, '--for=jsonpath={.status.phase}=Running', '--timeout=60s']);
  const exec = ['exec', '--stdin', pod, '--container=stranger', '--', 'node', '--input-type=module', '-'];
  return JSON.parse(await kubectl(exec, program(by, forged)));
}

/** It is never ready, so that whatever its label no Service leads to it, and ends by itself. */
function strangerPod(name: string, label: string | undefined, injected: boolean, image: string): object {
  const container = {
    name: 'stranger',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['sleep', '300'],
    readinessProbe: { exec: { command: ['false'] } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: label === undefined ? {} : { 'app.kubernetes.io/name': label },
      annotations: { 'linkerd.io/inject': injected ? 'enabled' : 'disabled' },
    },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: 300,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: injected,
      securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [container],
    },
  };
}
