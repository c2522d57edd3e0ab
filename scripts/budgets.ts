import { readdirSync, readFileSync } from 'node:fs';
import { command } from '@hotpath/cli';
import { type BudgetProblem, callGraph, processes, services, solveBudgets } from '@hotpath/contracts';

const help = `Solves every route through the call graph: when each call is over at the latest, and how often it may
be attempted. Exits 1, naming the line to change, where a budget cannot hold.

  npm run budgets [-- --json]

  --json  print one JSON object: {paths, problems}
  --help  print this
`;

const root = new URL('..', import.meta.url);
const graphFile = 'packages/contracts/src/call-graph.ts';

await command({ name: 'npm run budgets', help, options: { json: { type: 'boolean' } } }, ({ json }) =>
  main(json === true),
);

function main(json: boolean) {
  const { paths, problems } = solveBudgets({ services, graph: callGraph, processes });
  const placed = problems.map((problem) => ({ ...problem, ...lineOf(problem) }));
  if (json) {
    process.stdout.write(`${JSON.stringify({ paths, problems: placed }, null, 2)}\n`);
  } else {
    const rows = paths.map(({ path, latestMs, budgetMs, attempts }, i) => [
      path[0] === paths[i - 1]?.path[0] ? '' : (path[0] as string),
      `${'  '.repeat(path.length - 2)}${path.at(-1)}`,
      `${budgetMs} ms`,
      `${latestMs} ms`,
      `${attempts}`,
    ]);
    const head = ['route', 'call', 'budget', 'over by', 'attempts'];
    const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
    for (const row of [head, ...rows]) {
      process.stdout.write(
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
      );
    }
    for (const { file, line, message } of placed) process.stderr.write(`${file}:${line}: ${message}\n`);
  }
  if (problems.length > 0) process.exitCode = 1;
}

/** The file and line that a problem is mended at. */
function lineOf({ file, at }: BudgetProblem): { file: string; line: number } {
  if (file === 'graph') return find(graphFile, `'${at}'`);
  const [service, method] = at.slice(1).split('/');
  const config = readdirSync(new URL('protos', root)).find(
    (name) => name.endsWith('_grpc_service_config.json') && text(`protos/${name}`).includes(`"${service}"`),
  );
  return find(`protos/${config ?? '*_grpc_service_config.json'}`, `"method": "${method}"`);
}

function find(file: string, words: string): { file: string; line: number } {
  const lines = file.includes('*') ? [] : text(file).split('\n');
  return { file, line: Math.max(1, lines.findIndex((line) => line.includes(words)) + 1) };
}

function text(file: string): string {
  return readFileSync(new URL(file, root), 'utf8');
}
