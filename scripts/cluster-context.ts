import { run } from './programs.ts';

/** The cluster of kind-config.yaml. */
export const clusterName = 'hotpath';

const prefix = 'kind-';

/**
 * Makes sure that kubectl's current context is a kind cluster that answers: that of KUBECONFIG, or one of our own,
 * created where it is missing.
 * @returns its name
 * @throws Error where KUBECONFIG leads to a cluster of another kind
 */
export async function useCluster(): Promise<string> {
  const given = process.env.KUBECONFIG ? await currentCluster() : undefined;
  if (given !== undefined) return given;
  const clusters = await run('kind', ['get', 'clusters'], { capture: true });
  if (clusters.split('\n').includes(clusterName)) {
    await run('kind', ['export', 'kubeconfig', '--name', clusterName]);
  } else {
    await run('kind', ['create', 'cluster', '--config', 'kind-config.yaml', '--wait', '180s']);
  }
  return clusterName;
}

async function currentCluster(): Promise<string | undefined> {
  const answers = run('kubectl', ['get', '--raw', '/readyz', '--request-timeout=10s'], { capture: true });
  if (!(await answers.catch(() => ''))) return undefined;
  const context = (await run('kubectl', ['config', 'current-context'], { capture: true })).trim();
  if (context.startsWith(prefix)) return context.slice(prefix.length);
  throw new Error(
    `KUBECONFIG leads to ${context}, which is no kind cluster: images can be loaded into kind clusters only. ` +
      'Unset it to have one made; elsewhere push the images (npm run images) to a registry and apply k8s/ by your own means.',
  );
}
