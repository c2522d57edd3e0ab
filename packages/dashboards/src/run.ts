import { command } from '@hotpath/cli';
import { filesFolder, staleIn, write } from './files.ts';

const help = `Writes Grafana's dashboards and Prometheus' rules to dashboards/.

  npm run dashboards [-- --check]

  --check  write nothing, and fail where they are not what would be written
  --help   print this
`;

await command({ name: 'npm run dashboards', help, options: { check: { type: 'boolean' } } }, ({ check }) =>
  main(check === true),
);

function main(check: boolean): void {
  const stale = (check ? staleIn : write)(filesFolder);
  for (const file of stale) process.stdout.write(`${check ? 'stale' : 'written'}: dashboards/${file}\n`);
  if (check && stale.length > 0) {
    process.stderr.write('dashboards/ is stale: npm run dashboards\n');
    process.exitCode = 1;
  }
}
