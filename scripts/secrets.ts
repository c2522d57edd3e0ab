import { command } from '@hotpath/cli';
import { ensureSecrets, localEnvironment } from './cluster-secrets.ts';
import { requirePrograms } from './programs.ts';

const help = `Makes the namespace and the Secrets that the manifests of k8s/local-mtls need, in kubectl's current context.

  npm run cluster:secrets [-- --mesh]

  --mesh  those that k8s/local-mesh needs
  --help  print this

npm run cluster and skaffold do it by themselves. Passwords that are there stay.
`;

await command(
  { name: 'npm run cluster:secrets', help, options: { mesh: { type: 'boolean' } } },
  async ({ mesh }) => {
    requirePrograms('kubectl');
    await ensureSecrets(localEnvironment(mesh === true));
  },
);
