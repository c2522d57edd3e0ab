import { parseArgs } from 'node:util';
import { environments } from './environments.ts';
import { k8sFolder, staleIn, write } from './files.ts';

const help = `Writes the Kubernetes manifests that cdk8s/ describes to k8s/.

  npm run synth [-- --check]

  --check  write nothing, and fail where k8s/ is not what would be written
  --help   print this

One folder for each of ${environments.map(({ name }) => name).join(', ')}.
`;

try {
  const options = parseArgs({ options: { check: { type: 'boolean' }, help: { type: 'boolean' } } }).values;
  if (options.help) process.stdout.write(help);
  else if (options.check) check();
  else process.stdout.write(`${describe(write(k8sFolder))}k8s/ is up to date\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message} (npm run synth -- --help)\n`);
  process.exitCode = 1;
}

function check(): void {
  const stale = staleIn(k8sFolder);
  if (stale.length === 0) return;
  process.stderr.write(`${describe(stale)}k8s/ is stale: npm run synth\n`);
  process.exitCode = 1;
}

function describe(stale: ReturnType<typeof staleIn>): string {
  return stale.map(({ file, problem }) => `${problem}: k8s/${file}\n`).join('');
}
