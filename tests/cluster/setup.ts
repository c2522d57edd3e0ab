import { run } from '../../scripts/programs.ts';
import { gateway, kubectl, namespace } from './cluster.ts';

/**
 * Deploys the shop by `npm run cluster` to the cluster of KUBECONFIG, or to one of its own, and in the end takes all of
 * it away again; the cluster stays.
 */
export default async function setup() {
  await run('npm', ['run', '--silent', 'cluster']);
  await reachable();
  return async () => {
    await kubectl('delete', 'namespace', namespace, '--timeout=180s');
    const left = await run('kubectl', ['get', 'namespaces,persistentvolumes', '--output=name'], {
      capture: true,
    });
    const ours = left.split('\n').filter((name) => name.includes(namespace));
    if (ours.length > 0) throw new Error(`left in the cluster: ${ours.join(', ')}`);
  };
}

async function reachable(): Promise<void> {
  const { status } = await fetch(`${gateway}/api/products?pageSize=1`).catch(() => ({ status: 'nothing' }));
  if (status !== 200)
    throw new Error(`${gateway} answers ${status}: the cluster needs the ports of kind-config.yaml`);
}
