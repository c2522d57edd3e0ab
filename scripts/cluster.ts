import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import type { Environment } from '@hotpath/cdk8s';
import { command } from '@hotpath/cli';
import { clusterName, useCluster } from './cluster-context.ts';
import { installMesh } from './cluster-mesh.ts';
import {
  applyObservability,
  forwardsOf,
  imagesOf,
  observabilityOf,
  observabilityReady,
  proxyTracing,
} from './cluster-observability.ts';
import { ensureSecrets, localEnvironment } from './cluster-secrets.ts';
import { type RunOptions, requirePrograms, run } from './programs.ts';
import { buildImages, images } from './shop-images.ts';

const help = `Runs the shop on Kubernetes: a kind cluster where there is none, images, manifests of k8s/.

  npm run cluster [-- --mesh --observability]
  npm run cluster:down

  --mesh           Linkerd between the services instead of their own mutual TLS; installs it where it is missing
  --observability  also OpenTelemetry's collector, Jaeger, Prometheus and Grafana, and traces of every request
  --down           delete the cluster with all that is in it
  --help           print this

Run it again after a change: it builds, loads and rolls out anew. It needs docker, kind and kubectl, with --mesh
also linkerd, and says how to get what is missing.

Settings, as environment variables:
  KUBECONFIG  where it leads to a kind cluster that answers, that one is used
  NODE_IMAGE node:24-bookworm-slim   the base of the images
`;

const url = 'http://127.0.0.1:8080';
const postgres = 'postgres:17';
const rolloutTimeout = '--timeout=300s';

await command(
  {
    name: 'npm run cluster',
    help,
    options: { mesh: { type: 'boolean' }, observability: { type: 'boolean' }, down: { type: 'boolean' } },
  },
  (options) =>
    options.down ? down() : up(localEnvironment(options.mesh === true), options.observability === true),
);

async function up(environment: Environment, observed: boolean): Promise<void> {
  const started = performance.now();
  const { name, namespace, transport } = environment;
  const mesh = transport === 'mesh';
  const observability = observed ? observabilityOf(environment) : undefined;
  const kubectl = (args: readonly string[], options?: RunOptions) =>
    run('kubectl', ['--namespace', namespace, ...args], options);
  requirePrograms('docker', 'kind', 'kubectl', ...(mesh ? (['linkerd'] as const) : []));

  say('cluster');
  const cluster = await useCluster();
  say('images');
  await buildImages();
  const others = await present([postgres, ...(observability ? imagesOf(observability) : [])]);
  await run('kind', ['load', 'docker-image', '--name', cluster, ...images, ...others]);
  if (mesh) {
    say('Linkerd');
    await installMesh(observability && proxyTracing(observability));
  }

  say(`rollout of k8s/${name}`);
  const before = await kubectl(['get', 'deployments', '--output=name'], { capture: true });
  await ensureSecrets(environment);
  if (observability) await applyObservability(observability);
  await kubectl(['apply', '--filename', `k8s/${name}`]);
  // The images have the tags that they had: nothing in the manifests tells Kubernetes to take the new ones.
  if (before !== '') await kubectl(['rollout', 'restart', 'deployment']);
  try {
    await kubectl(['rollout', 'status', 'statefulset', rolloutTimeout]);
    await kubectl(['rollout', 'status', 'deployment', rolloutTimeout]);
  } catch (error) {
    await kubectl(['get', 'pods', '--output=wide']);
    await kubectl(['get', 'events', '--field-selector=type=Warning', '--sort-by=.lastTimestamp']);
    const next = `The pods and what was said of them are above; what one says: kubectl --namespace ${namespace} logs POD`;
    throw new Error(`${(error as Error).message}\n${next}`);
  }

  if (observability) await observabilityReady(observability, rolloutTimeout);
  const answers = await shopAnswers();
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const forward = `after: kubectl --namespace ${namespace} port-forward service/gateway 8080`;
  process.stdout.write(`
${styleText(['bold', 'green'], 'Hotpath is running on Kubernetes')} ${styleText('dim', `after ${seconds} s, with ${mesh ? 'Linkerd' : 'mutual TLS'}`)}

  Shop   ${url}/${answers ? '' : `   ${forward}`}
  API    ${url}/docs
  Pods   kubectl --namespace ${namespace} get pods
${observability ? forwardsOf(observability) : ''}
${styleText('dim', 'npm run cluster:down deletes the cluster.')}
`);
}

async function down(): Promise<void> {
  requirePrograms('kind');
  await run('kind', ['delete', 'cluster', '--name', clusterName]);
}

/**
 * Whether the shop answers at its address. A gateway that asked for its services' names before they had a ready pod
 * finds them when the cluster's DNS has forgotten that there were none, some seconds later.
 * @throws Error where something is there that does not give a page of products for a minute
 */
async function shopAnswers(): Promise<boolean> {
  for (const until = performance.now() + 60_000; ; await sleep(500)) {
    const response = await fetch(`${url}/api/products?pageSize=1`).catch(() => undefined);
    if (!response || response.ok) return response !== undefined;
    if (performance.now() > until)
      throw new Error(`${url} answers ${response.status} for a minute: ${await response.text()}`);
  }
}

/** Those images that docker has: the nodes get them. The others they pull. */
async function present(images: readonly string[]): Promise<readonly string[]> {
  const ids = images.map((image) => run('docker', ['images', '--quiet', image], { capture: true }));
  const found = await Promise.all(ids);
  return images.filter((_, index) => found[index] !== '');
}

function say(what: string): void {
  process.stdout.write(`${styleText('cyan', `→ ${what}`)}\n`);
}
