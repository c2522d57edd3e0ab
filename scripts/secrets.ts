import { parseArgs } from 'node:util';
import { ensureSecrets, localEnvironment } from './cluster-secrets.ts';
import { requirePrograms } from './programs.ts';

const help = `Makes the namespace and the Secrets that the manifests of k8s/local-mtls need, in kubectl's current context.

  npm run cluster:secrets [-- --mesh]

  --mesh  those that k8s/local-mesh needs
  --help  print this

npm run cluster and skaffold do it by themselves. Passwords that are there stay.
`;

try {
  const { mesh, help: wantsHelp } = parseArgs({
    options: { mesh: { type: 'boolean' }, help: { type: 'boolean' } },
  }).values;
  if (wantsHelp) process.stdout.write(help);
  else {
    requirePrograms('kubectl');
    await ensureSecrets(localEnvironment(mesh === true));
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
