import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Place, Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';

/** What the command says about itself. */
export const help = `Runs chaos scenarios: faults under load, and what must hold all the same. Without --only and --all: the fast ones.

  npm run chaos [-- OPTIONS]

Which
  --only N,N           only these
  --all                all of them, each at its whole length, which takes longer
  --from FILE          those of a file of your own (docs/chaos.md)
  --cluster            against the shop in the cluster of KUBECONFIG, those that can be shown there
How
  --without-defence    with what each proves switched off: each must fail, or it proves nothing
  --proof              both, one after the other, and a table of both
  --rounds N           N times in a row, with the figures of all
What is told
  --list               what each is given, what befalls it and what must hold; runs nothing
  --list --markdown    the table of docs/chaos.md
  --json FILE          write [{number, name, where, holds, measured, limit, unit, seconds, …}] there; what is not
                       tried is not in it
  --report FILE        write a page there with the timeline of each
  --verbose            show what the processes log
  --help               print this

Exits 1 where one does not hold, or holds without its defence, or where none was tried. What needs something that is
not here (PostgreSQL, a cluster, Linkerd) says so and counts as not tried.
`;

/** What the command is asked for. */
export type Options = {
  readonly task: 'run' | 'list' | 'catalogue' | 'help';
  readonly chosen: readonly Scenario[];
  readonly where: Place;
  /** With their defences, without, or both. */
  readonly defences: readonly boolean[];
  readonly rounds: number;
  /** Whether each takes its whole length. */
  readonly thorough: boolean;
  readonly json: string | undefined;
  readonly report: string | undefined;
  readonly verbose: boolean;
};

/** @throws Error where the arguments do not fit */
export async function readOptions(args?: string[]): Promise<Options> {
  const { values } = parseArgs({
    ...(args && { args }),
    options: {
      only: { type: 'string' },
      all: { type: 'boolean', default: false },
      from: { type: 'string' },
      cluster: { type: 'boolean', default: false },
      'without-defence': { type: 'boolean', default: false },
      proof: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '1' },
      list: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      json: { type: 'string' },
      report: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a number from 1 on');
  const known = values.from === undefined ? scenarios : await scenariosIn(values.from);
  const where = values.cluster ? 'cluster' : 'local';
  const everyone = values.all || values.list || values.from !== undefined || values.cluster;
  const chosen =
    values.only === undefined ? known.filter(({ fast }) => everyone || fast) : pick(known, values.only);
  return {
    task: values.help ? 'help' : values.list ? (values.markdown ? 'catalogue' : 'list') : 'run',
    chosen: values.cluster ? chosen.filter(({ where }) => where.includes('cluster')) : chosen,
    where,
    defences: values.proof ? [true, false] : [!values['without-defence']],
    rounds,
    thorough: values.all,
    json: values.json,
    report: values.report,
    verbose: values.verbose,
  };
}

function pick(known: readonly Scenario[], only: string): readonly Scenario[] {
  const numbers = only.split(',').map(Number);
  const there = known.map(({ number }) => number);
  for (const number of numbers) {
    if (!there.includes(number))
      throw new Error(`--only ${only}: no such scenario; there are ${there.join(', ')}`);
  }
  return known.filter(({ number }) => numbers.includes(number));
}

/** What a file of one's own exports by default: a scenario, or a list of them. */
async function scenariosIn(file: string): Promise<readonly Scenario[]> {
  const module: { readonly default?: unknown } = await import(pathToFileURL(resolve(file)).href);
  const found = [module.default].flat();
  if (found.every(isScenario)) return found;
  throw new Error(`${file}: its default export must be a Scenario of @hotpath/chaos, or a list of them`);
}

function isScenario(value: unknown): value is Scenario {
  return (
    typeof value === 'object' && value !== null && 'number' in value && ('run' in value || 'cluster' in value)
  );
}
