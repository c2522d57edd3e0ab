import { readFileSync, writeFileSync } from 'node:fs';
import { command, UsageError } from '@hotpath/cli';
import { type Claim, claims, holds, judge, wordsOf } from './claims.ts';
import { type Cores, pickCores } from './cores.ts';
import { type Case, runSuite } from './measure.ts';
import { writeNumbers } from './numbers.ts';
import { prepareForeign } from './peers/generate.ts';
import { digits, machineOf, type Run, reportOf, versionsOf } from './report.ts';
import { suiteNames, suiteOf, wholeRun } from './suites/index.ts';
import type { Pace, Trial } from './suites/suite.ts';

const usage = `Side-by-side benchmarks: REST, gRPC and the kit on the same prices.

  npm run bench [-- OPTIONS]

  --suite a,b   only these of the suites below
  --quick       a look whether all works: its figures mean nothing
  --json FILE   keeps the run as JSON
  --write       makes docs/numbers.md and its plots of the run, which must be a whole one
  --from a,b    takes the run from these JSON files, together a whole one, instead of measuring
  --gate        a minute or two of ratios with wide limits; exits 1 where one has halved
  --help        print this

Suites
`;

const full: Pace = { samples: 5, warmUpMs: 1500, measuredMs: 2500, quick: false };
const quick: Pace = { samples: 1, warmUpMs: 300, measuredMs: 300, quick: true };
const gatePace: Pace = { samples: 3, warmUpMs: 600, measuredMs: 600, quick: false };

const progress = (text: string) =>
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`);

await command(
  {
    name: 'npm run bench',
    help,
    options: {
      suite: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      from: { type: 'string' },
      gate: { type: 'boolean', default: false },
    },
  },
  (options) => (options.gate ? gate() : bench(options)),
);

async function help(): Promise<string> {
  const suites = suiteNames.map(async (name) => `  ${name.padEnd(12)}  ${(await suiteOf(name)).about}\n`);
  return usage + (await Promise.all(suites)).join('');
}

/** What is to be measured, and where that goes. */
type Options = {
  readonly suite?: string;
  readonly quick: boolean;
  readonly json?: string;
  readonly write: boolean;
  readonly from?: string;
};

async function bench(options: Options): Promise<void> {
  const names = options.suite?.split(',') ?? wholeRun;
  for (const name of names) await suiteOf(name); // a name that is wrong is said before an hour of others
  if (options.write && !options.from && (options.quick || options.suite)) {
    throw new UsageError('--write needs a whole run: leave out --quick and --suite');
  }
  const run = options.from
    ? together(options.from.split(','))
    : await measure(names, options.quick ? quick : full);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(run, null, 1)}\n`);
  if (options.write) writeNumbers(run);
  console.log(reportOf(run));
}

/** The run whose suites are in several files, one after the other on the same machine: what the first says holds for all. */
function together(files: readonly string[]): Run {
  const runs = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Run);
  const [first] = runs as [Run];
  const revisions = [...new Set(runs.map(({ versions }) => versions.hotpath))].join(' and ');
  return {
    ...first,
    versions: { ...first.versions, hotpath: revisions },
    cases: runs.flatMap(({ cases }) => cases),
  };
}

async function measure(names: readonly string[], pace: Pace): Promise<Run> {
  prepareForeign();
  const cores = pickCores();
  const machine = machineOf(cores);
  const date = new Date().toISOString();
  const cases: Case[] = [];
  for (const name of names) cases.push(...(await runSuite(name, pace, { cores, progress })));
  return { machine, versions: versionsOf(), date, cases };
}

async function gate(): Promise<void> {
  const gated = claims.filter(({ gate }) => gate);
  const cores: Cores = pickCores();
  console.log(`${machineOf(cores)}; ${new Date().toISOString()}`);
  const cases: Case[] = [];
  for (const suite of new Set(gated.flatMap(refsOf).map(([name]) => name))) {
    const only = (trial: Trial) =>
      gated
        .flatMap(refsOf)
        .some(([name, what, peer]) => name === suite && peer === trial.peer && what.startsWith(trial.case));
    cases.push(...(await runSuite(suite, gatePace, { cores, progress, only })));
  }
  for (const { claim, measured = Number.NaN } of judge(cases, gated, 'min')) {
    if (!claim.gate) continue;
    const held = holds(measured, claim.gate);
    console.log(`${held ? 'ok ' : 'NOT'} ${claim.what}: ${digits(measured)}, must be ${wordsOf(claim.gate)}`);
    if (!held) process.exitCode = 1;
  }
}

function refsOf({ of, over }: Claim) {
  return over ? [of, over] : [of];
}
