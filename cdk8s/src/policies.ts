import { join } from 'node:path';
import { command, UsageError } from '@hotpath/cli';
import { callGraph } from '@hotpath/contracts';
import { environments } from './environments.ts';
import { k8sFolder } from './files.ts';
import { type Cell, matrixOf } from './matrix/matrix.ts';
import { readManifests } from './matrix/objects.ts';

const names = environments.map(({ name }) => name);

const help = `Who may call what, by the manifests in k8s/ alone: each pod against each RPC.

  npm run policies [-- --json] [ENVIRONMENT...]

  --json   print one JSON object: by environment, {caller, target, rpc, verdict}
  --help   print this

ENVIRONMENT is ${names.join(', ')}; all of them unless said.

Callers that are no workloads: prometheus; stranger, a pod of the namespace with a label and a service account of its
own; wrong-account, with the gateway's label only; wrong-label, with the gateway's service account only; outsider, a pod
of another namespace and outside of the mesh.
`;

/** How each refusal is shown. */
const signs = {
  'no connection': '-',
  PERMISSION_DENIED: 'denied',
  UNAUTHENTICATED: 'unknown',
  NOT_FOUND: 'no route',
} as const;

await command(
  { name: 'npm run policies', help, options: { json: { type: 'boolean' } }, words: true },
  ({ json }, words) => {
    const wrong = words.find((name) => !names.includes(name));
    if (wrong) throw new UsageError(`${wrong} is none of ${names.join(', ')}`);
    const chosen = words.length > 0 ? words : names;
    const matrices = chosen.map(
      (name) => [name, matrixOf(readManifests(join(k8sFolder, name)), callGraph)] as const,
    );
    if (json) process.stdout.write(`${JSON.stringify(Object.fromEntries(matrices), null, 2)}\n`);
    else for (const [name, cells] of matrices) process.stdout.write(`${name}\n\n${tableOf(cells)}\n`);
  },
);

function tableOf(cells: readonly Cell[]): string {
  const callers = [...new Set(cells.map(({ caller }) => caller))];
  const rows = [...Map.groupBy(cells, ({ target }) => target)].map(([target, row]) => [
    target,
    ...row.map(({ verdict }) => (verdict.allowed ? 'yes' : signs[verdict.answer])),
  ]);
  const lines = [['', ...callers], ...rows];
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${text.join('\n')}\n`;
}
