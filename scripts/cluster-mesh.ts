import { run } from './programs.ts';

/** The version of the Gateway API that Linkerd's own check names. */
const gatewayApi =
  'https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.5.1/standard-install.yaml';

/**
 * Installs Linkerd by its own command line: the Gateway API's types, which it does not bring; its CNI plugin, since
 * PodSecurity `restricted` admits no init container that sets up the network; then Linkerd itself. Where it is
 * installed already, it gets the settings and is checked.
 * @param settings of its chart, as `--set=NAME=VALUE`
 */
export async function installMesh(settings: readonly string[] = []): Promise<void> {
  const present = await run('kubectl', ['get', 'deployment', 'linkerd-destination', '--namespace=linkerd'], {
    capture: true,
  }).catch(() => '');
  if (present === '') {
    await run('kubectl', ['apply', '--server-side', '--filename', gatewayApi]);
    await apply('install-cni');
    await run('kubectl', ['rollout', 'status', 'daemonset', '--namespace=linkerd-cni', '--timeout=300s']);
    await apply('install', '--crds');
    await apply('install', '--linkerd-cni-enabled', ...settings);
  } else {
    await run('kubectl', ['get', 'daemonset', 'linkerd-cni', '--namespace=linkerd-cni'], {
      capture: true,
    }).catch(() => {
      throw new Error(
        'Linkerd is installed here without its CNI plugin, so that its pods need rights that the namespace hotpath does not ' +
          'give: linkerd install-cni | kubectl apply -f - and linkerd upgrade --linkerd-cni-enabled | kubectl apply -f -',
      );
    });
    if (settings.length > 0) await apply('upgrade', ...settings);
  }
  await run('linkerd', ['check']);
}

async function apply(...args: string[]): Promise<void> {
  const manifests = await run('linkerd', args, { capture: true });
  await run('kubectl', ['apply', '--filename', '-'], { input: manifests });
}
