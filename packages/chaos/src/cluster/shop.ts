import { startHealer } from '../healer.ts';
import { NotTried } from '../not-tried.ts';
import { metricsOf } from './admin.ts';
import { change, type Owner, putBack } from './change.ts';
import { type Helper, openHelper } from './helper.ts';
import { ask } from './http.ts';
import { podsOf } from './pods.ts';

/** Its Deployments. */
export const workloads = ['user', 'pricing', 'inventory', 'gateway'];
/** The replicas of pricing, of which scenarios take one. */
export const REPLICAS = 3;
/** The replicas find new calls, and clients new replicas, within this time and that which a name is remembered for, ms. */
const CONNECTION_AGE_MS = 5_000;

/** The shop of a cluster, made ready for scenarios. */
export type Shop = {
  /** Whether Linkerd's proxies stand between its pods. */
  readonly meshed: boolean;
  readonly helper: Helper;
  /** Puts back what was changed. */
  close(): Promise<void>;
};

/**
 * Makes the shop in the cluster of KUBECONFIG ready: three pods of pricing, whose connections live for seconds, so that
 * new pods get calls soon; faults can be set in pricing and inventory.
 * @throws NotTried where there is no such cluster, or no shop in it
 */
export async function openShop(): Promise<Shop> {
  if (!process.env.KUBECONFIG) throw new NotTried('needs a cluster: set KUBECONFIG');
  const [pod] = await podsOf('gateway').catch((error: Error) => {
    throw new NotTried(`needs a cluster that answers: ${error.message.trim()}`);
  });
  if (!pod) throw new NotTried('needs the shop in the cluster: npm run cluster');
  const page = await ask('/api/products?pageSize=1').catch((error: Error) => error);
  if (page instanceof Error || page.status !== 200) {
    throw new NotTried('needs the shop at http://127.0.0.1:8080: the ports of kind-config.yaml');
  }

  const healer = startHealer();
  const closers: (() => Promise<void> | void)[] = [];
  const owner: Owner = {
    onClose: (close) => closers.push(close),
    undoIfKilled: healer.undoIfKilled,
  };
  // Whatever scenarios change meanwhile: where the runner is killed, it is as it was before the first of them.
  const undone = (await Promise.all(workloads.map(putBack))).map((args) =>
    healer.undoIfKilled(['kubectl', ...args]),
  );
  const close = async () => {
    await Promise.all(closers.map((close) => close()));
    for (const done of undone) done();
    await healer.close();
  };
  try {
    const env = { FAULTS: 'true', MAX_CONNECTION_AGE_MS: String(CONNECTION_AGE_MS) };
    await Promise.all([
      change(owner, 'pricing', { replicas: REPLICAS, env }),
      change(owner, 'inventory', { env }),
    ]);
  } catch (error) {
    await close();
    throw error;
  }
  return { meshed: pod.meshed, helper: openHelper(owner), close };
}

/**
 * Waits until every pod of pricing gets calls. A mesh balances by latency and calls in flight, so that few calls, one after the
 * other, may all pass one pod by.
 * @throws Error where one gets none for a minute and a half
 */
export async function spread({ meshed }: Shop): Promise<void> {
  const [least, inFlight, asked] = meshed ? [1, 8, 75] : [5, 1, 60];
  const askInTurn = async () => {
    for (let turn = 0; turn < asked; turn++) await ask('/api/products/17/price');
  };
  const calls = async () => metricsOf(await podsOf('pricing'), 'rpc_server_call_duration_seconds_count');
  for (const until = Date.now() + 90_000; ; ) {
    const before = await calls();
    await Promise.all(Array.from({ length: inFlight }, askInTurn));
    const after = await calls();
    const all =
      before.length === REPLICAS && after.every((count, pod) => count - (before[pod] ?? 0) >= least);
    if (all) return;
    if (Date.now() > until)
      throw new Error(`pods of pricing get too few calls before anything is done: ${before} → ${after}`);
  }
}
