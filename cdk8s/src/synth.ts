import { command } from '@hotpath/cli';
import { chartFiles, chartFolder } from './chart/chart.ts';
import { environments } from './environments.ts';
import { k8sFolder, manifests, staleIn, write } from './files.ts';
import { observabilities } from './observability/synthesise.ts';

const help = `Writes what cdk8s/ describes: Kubernetes manifests to k8s/, the same as a Helm chart to charts/hotpath/.

  npm run synth [-- --check]

  --check  write nothing, and fail where they are not what would be written
  --help   print this

k8s/ has a folder for each of ${[...environments, ...observabilities].map(({ name }) => name).join(', ')}.
`;

const outputs = [
  { name: 'k8s', folder: k8sFolder, files: manifests },
  { name: 'charts/hotpath', folder: chartFolder, files: chartFiles },
];

await command({ name: 'npm run synth', help, options: { check: { type: 'boolean' } } }, ({ check }) =>
  main(check === true),
);

function main(check: boolean): void {
  for (const { name, folder, files } of outputs) {
    const stale = (check ? staleIn : write)(folder, files());
    for (const { file, problem } of stale) process.stdout.write(`${problem}: ${name}/${file}\n`);
    if (!check) process.stdout.write(`${name}/ is up to date\n`);
    else if (stale.length > 0) {
      process.stderr.write(`${name}/ is stale: npm run synth\n`);
      process.exitCode = 1;
    }
  }
}
