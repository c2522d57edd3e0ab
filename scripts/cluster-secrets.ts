import { join, resolve } from 'node:path';
import { databaseSecrets, type Environment, environments, tlsSecrets } from '@hotpath/cdk8s';
import { run } from './programs.ts';
import { ensureShopCertificates } from './shop-certs.ts';

/** The environment for a cluster on one machine. */
export function localEnvironment(mesh: boolean): Environment {
  const name = mesh ? 'local-mesh' : 'local-mtls';
  const found = environments.find((environment) => environment.name === name);
  if (!found) throw new Error(`cdk8s/src/environments.ts has no ${name}`);
  return found;
}

/**
 * Puts into the cluster what no manifest holds, before the rest of an environment is applied: its namespace, new
 * passwords of the databases where there are none yet, and with mtls the certificates of `npm run certs`, made where
 * they are missing or about to expire. Running processes take up new ones.
 * @throws Error where some passwords are there and others are not: the databases know the lost ones only
 */
export async function ensureSecrets({ name, namespace, transport }: Environment): Promise<void> {
  await run('kubectl', ['apply', '--filename', `k8s/${name}/00-namespace.yaml`]);
  const listed = await run('kubectl', ['get', 'secrets', '--namespace', namespace, '--output=name'], {
    capture: true,
  });
  const present = new Set(listed.split('\n'));
  const passwords = databaseSecrets(namespace);
  const missing = passwords
    .map(({ metadata }) => metadata?.name)
    .filter((name) => !present.has(`secret/${name}`));
  if (missing.length === passwords.length) {
    await run('kubectl', ['create', '--filename', '-'], { input: listOf(passwords) });
  } else if (missing.length > 0) {
    throw new Error(
      `The namespace ${namespace} lacks the Secrets ${missing.join(', ')}, whose passwords its databases have. ` +
        `Begin anew, without the data: kubectl delete namespace ${namespace}`,
    );
  }
  if (transport !== 'mtls') return;
  const data = resolve(process.env.HOTPATH_DATA || '.hotpath');
  await ensureShopCertificates(data);
  const certificates = listOf(tlsSecrets(namespace, join(data, 'certs')));
  await run('kubectl', ['apply', '--server-side', '--field-manager=hotpath', '--filename', '-'], {
    input: certificates,
  });
}

const listOf = (items: readonly object[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
