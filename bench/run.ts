/** Side-by-side benchmarks: `npm run bench -- --help`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Claim, claims, holds, judge, wordsOf } from './claims.ts';
import { type Cores, pickCores } from './cores.ts';
import { type Case, runSuite } from './measure.ts';
import { writeNumbers } from './numbers.ts';
import { prepareForeign } from './peers/generate.ts';
import { digits, machineOf, type Run, reportOf, versionsOf } from './report.ts';
import { suiteNames, suiteOf } from './suites/index.ts';
import type { Pace, Trial } from './suites/suite.ts';

const usage = `npm run bench -- [options]

  --suite a,b   only these of the suites below
  --quick       a look whether all works: its figures mean nothing
  --json FILE   keeps the run as JSON
  --write       makes docs/numbers.md and its plots of the run, which must be a whole one
  --from FILE   takes the run from that JSON instead of measuring
  --gate        a minute or two of ratios with wide limits; exits 1 where one has halved`;

const full: Pace = { samples: 5, warmUpMs: 1500, measuredMs: 2500, quick: false };
const quick: Pace = { samples: 1, warmUpMs: 300, measuredMs: 300, quick: true };
const gatePace: Pace = { samples: 3, warmUpMs: 600, measuredMs: 600, quick: false };

const { values: options } = parseArgs({
  options: {
    suite: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    from: { type: 'string' },
    gate: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const progress = (text: string) =>
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`);

try {
  if (options.help) await help();
  else if (options.gate) await gate();
  else await bench();
} catch (error) {
  console.error(`bench: ${(error as Error).message}`);
  process.exitCode = 1;
}

async function help(): Promise<void> {
  console.log(`${usage}\n`);
  for (const name of suiteNames) console.log(`  ${name.padEnd(12)}  ${(await suiteOf(name)).about}`);
}

async function bench(): Promise<void> {
  const names = options.suite?.split(',') ?? suiteNames;
  for (const name of names) await suiteOf(name); // a name that is wrong is said before an hour of others
  if (options.write && !options.from && (options.quick || options.suite)) {
    throw new Error('--write needs a whole run: leave out --quick and --suite');
  }
  const run = options.from
    ? (JSON.parse(readFileSync(options.from, 'utf8')) as Run)
    : await measure(names, options.quick ? quick : full);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(run, null, 1)}\n`);
  if (options.write) writeNumbers(run);
  console.log(reportOf(run));
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
