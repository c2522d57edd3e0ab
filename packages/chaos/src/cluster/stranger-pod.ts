import type { ClusterTrial } from '../scenario.ts';
import { kubectl } from './kubectl.ts';
import { podsOf } from './pods.ts';

/** How often each stranger tries. */
export const CALLS = 10;
/** The price that they try to set, in minor units. */
export const FORGED = 66_600;

/** Who calls from a pod of its own, and the codes by which it may be denied. */
export type Stranger = {
  readonly name: string;
  /** The workload whose label it has, by which the network lets it through. */
  readonly label?: string;
  readonly injected: boolean;
  /** How it connects. */
  readonly by: 'plaintext' | 'tls';
  readonly forged: boolean;
  readonly codes: readonly string[];
};

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

/** Lets a stranger try to set a price at pricing, from a pod of its own. @returns what became of each call */
export async function callAs(
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
